package io.foretell.ingest.history;

import io.foretell.proto.DeviceId;
import io.foretell.proto.History;
import io.foretell.proto.Part;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.util.function.BiConsumer;

/** A store of samples: written to, asked, and gone through as a whole. */
public interface KeptHistory extends History, Sink<Telemetry>, Part {
  /** Gives each device and signal that there are samples of, in any order. */
  void eachSeries(BiConsumer<DeviceId, String> to);
}
