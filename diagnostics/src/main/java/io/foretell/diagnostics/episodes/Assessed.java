package io.foretell.diagnostics.episodes;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;

/**
 * A fault as it was reported, with how bad it is held to be.
 *
 * @param confidence that it is a real fault, 0–1
 */
public record Assessed(Fault fault, Severity severity, double confidence) {}
