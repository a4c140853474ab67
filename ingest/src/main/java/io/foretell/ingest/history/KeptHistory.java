package io.foretell.ingest.history;

import io.foretell.proto.DeviceId;
import java.util.function.BiConsumer;

/** A store of samples: written to, asked, and gone through as a whole. */
public interface KeptHistory extends AgeingHistory {
  /** Gives each device and signal that there are samples of, in any order. */
  void eachSeries(BiConsumer<DeviceId, String> to);
}
