package io.foretell.ingest.history.rocksdb;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import java.util.List;

/** Makes the batches that an engine would hand to the sink. */
final class Batches {
  private Batches() {}

  static Entry<Telemetry> entry(
      DeviceId device, List<String> names, List<long[]> times, List<double[]> values) {
    long last = 0;
    for (long[] t : times) {
      last = Math.max(last, t[t.length - 1]);
    }
    return new Entry<>(
        new Position("uplink", 0, 0),
        0,
        device,
        last,
        new Telemetry.Signals(last, names, times, values));
  }

  static Entry<Telemetry> entry(DeviceId device, String name, long[] times, double[] values) {
    return entry(device, List.of(name), List.of(times), List.of(values));
  }
}
