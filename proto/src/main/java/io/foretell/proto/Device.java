package io.foretell.proto;

import java.util.Map;

/**
 * Anything that reports, as it is registered.
 *
 * @param model for example {@code truck-2016}; empty where unknown
 * @param hardware its hardware version; empty where unknown
 * @param software component to version, as the device last reported
 * @param labels free words for grouping ({@code site} to {@code Antwerp})
 * @param registeredAt ms since 1970
 */
public record Device(
    DeviceId id,
    String model,
    String hardware,
    Map<String, String> software,
    Map<String, String> labels,
    long registeredAt) {
  /** Copies the maps. */
  public Device {
    software = Map.copyOf(software);
    labels = Map.copyOf(labels);
  }
}
