package io.foretell.app.http;

import io.foretell.diagnostics.DiagnosisState;
import io.foretell.ingest.DeviceStream;
import io.foretell.proto.DeviceId;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What the stages know of devices, as last committed. */
public interface DeviceStates {
  /** What ingest has counted. */
  Optional<DeviceStream> stream(DeviceId device);

  /** What diagnostics knows. */
  Optional<DiagnosisState> diagnosis(DeviceId device);

  /** Walks through all devices. */
  void each(BiConsumer<DeviceId, Known> visitor);

  /** Both states of a device. */
  record Known(DeviceStream stream, DiagnosisState diagnosis) {}
}
