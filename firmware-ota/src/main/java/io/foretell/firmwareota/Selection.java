package io.foretell.firmwareota;

import io.foretell.proto.Device;
import java.util.List;
import java.util.Map;

/**
 * Which devices a campaign is for: all that every given condition holds for.
 *
 * @param model empty: any
 * @param hardware empty: any
 * @param version the one of the artifact's component that runs now; empty: any
 * @param labels that a device must have
 * @param devices by name; empty: any
 */
public record Selection(
    String model,
    String hardware,
    String version,
    Map<String, String> labels,
    List<String> devices) {
  /** Every device of the tenant that the artifact fits. */
  public static final Selection ALL = new Selection("", "", "", Map.of(), List.of());

  /** Copies labels and devices. */
  public Selection {
    labels = Map.copyOf(labels);
    devices = devices.stream().distinct().toList();
  }

  /** Exactly these. */
  public static Selection of(List<String> devices) {
    return new Selection("", "", "", Map.of(), devices);
  }

  boolean includes(Device device, String component) {
    return (model.isEmpty() || model.equals(device.model()))
        && (hardware.isEmpty() || hardware.equals(device.hardware()))
        && (version.isEmpty() || version.equals(device.software().get(component)))
        && device.labels().entrySet().containsAll(labels.entrySet())
        && (devices.isEmpty() || devices.contains(device.id().device()));
  }
}
