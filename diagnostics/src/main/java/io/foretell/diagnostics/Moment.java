package io.foretell.diagnostics;

import java.util.SortedMap;

/**
 * The values of a device's signals at one event time.
 *
 * @param time ms since 1970
 * @param values signal name to value
 */
public record Moment(long time, SortedMap<String, Double> values) {}
