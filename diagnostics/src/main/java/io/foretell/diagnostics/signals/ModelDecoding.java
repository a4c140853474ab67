package io.foretell.diagnostics.signals;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Telemetry;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the raw frames of devices by the manifest of each device's model. Safe for all threads as
 * far as the function is.
 *
 * <p>Beside what the frames hold, each batch gives one sample {@code decoder.NAME}: the version of
 * the manifest by which it was read. So the history itself says what stands behind its values.
 */
public final class ModelDecoding {
  /** Begins the name of the signal that holds the version of a manifest. */
  public static final String SIGNAL = "decoder.";

  private final Manifests manifests;
  private final Function<DeviceId, String> models;

  /**
   * @param models the model of a device; empty where it has none
   */
  public ModelDecoding(Manifests manifests, Function<DeviceId, String> models) {
    this.manifests = manifests;
    this.models = models;
  }

  /** The manifest by which a device is read now; empty where there is none for its model. */
  public Optional<Manifest> manifest(DeviceId device) {
    return manifests.all().isEmpty() ? Optional.empty() : manifests.manifest(models.apply(device));
  }

  /**
   * The signals of a capture of a device, in portions; none where nothing of it is known.
   *
   * @param memory what the device's captures before have left open; changed in place
   */
  public List<Telemetry.Signals> signals(
      DeviceId device, Telemetry.Frames frames, FrameMemory memory) {
    Optional<FrameDecoder> decoder =
        manifests.all().isEmpty() ? Optional.empty() : manifests.decoder(models.apply(device));
    if (decoder.isEmpty()) {
      memory.clear();
      return List.of();
    }
    return decoder.get().portions(frames, memory);
  }

  /** All manifests. */
  public List<Manifest> all() {
    return manifests.all();
  }
}
