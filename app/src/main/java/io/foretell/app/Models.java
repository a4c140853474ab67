package io.foretell.app;

import io.foretell.proto.Device;
import io.foretell.proto.DeviceId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of devices as the register has them, kept for a minute, so that a batch of frames does
 * not ask the database. Where the register cannot be read, what was known last holds.
 */
final class Models implements Function<DeviceId, String> {
  private static final Logger LOG = LoggerFactory.getLogger(Models.class);
  private static final int KEPT = 100_000;
  private static final long KEPT_FOR = Duration.ofMinutes(1).toMillis();

  private final Function<DeviceId, Optional<Device>> register;
  private final InstantSource clock;
  private final Map<DeviceId, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<DeviceId, Known> eldest) {
          return size() > KEPT;
        }
      };

  private record Known(String model, long until) {}

  /**
   * @param register the device of a name; may block
   */
  Models(Function<DeviceId, Optional<Device>> register, InstantSource clock) {
    this.register = register;
    this.clock = clock;
  }

  /** The model of a device; empty where it has none. */
  @Override
  public String apply(DeviceId device) {
    long now = clock.millis();
    @Nullable Known kept = kept(device);
    if (kept != null && now < kept.until()) {
      return kept.model();
    }
    String model;
    try {
      model = register.apply(device).map(Device::model).orElse("");
    } catch (RuntimeException e) {
      // Boundary: the register may be away, and frames are not thrown away for it.
      LOG.warn("MODEL_UNKNOWN {}: {}", device, e.toString());
      return kept == null ? "" : kept.model();
    }
    keep(device, new Known(model, now + KEPT_FOR));
    return model;
  }

  private synchronized @Nullable Known kept(DeviceId device) {
    return known.get(device);
  }

  private synchronized void keep(DeviceId device, Known model) {
    known.put(device, model);
  }

  /** The device was removed; the next one of its name may be of another model. */
  synchronized void forget(DeviceId device) {
    known.remove(device);
  }
}
