package io.foretell.agent.update;

/**
 * What the device is, as far as software must fit it.
 *
 * @param model for example {@code truck-2016}
 * @param version of the hardware
 */
public record Hardware(String model, String version) {}
