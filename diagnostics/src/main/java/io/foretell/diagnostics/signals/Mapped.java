package io.foretell.diagnostics.signals;

/**
 * What becomes of a signal of a DBC file.
 *
 * @param name the name it gets, as in COVESA VSS
 * @param factor value = scaled × factor + offset
 */
public record Mapped(String name, double factor, double offset) {}
