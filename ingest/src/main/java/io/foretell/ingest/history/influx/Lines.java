package io.foretell.ingest.history.influx;

import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples as line protocol: {@code telemetry,device=…,signal=…,tenant=… value=91.5 1795308448257},
 * times in ms. The client's {@link Point} renders and escapes each series once; what changes from
 * sample to sample is put behind it. Not safe for use by several threads.
 */
final class Lines {
  static final String MEASUREMENT = "telemetry";

  private static final int MOST_KEPT = 20_000;
  private static final String ZERO = " value=0.0 0";

  private record Series(DeviceId device, String signal) {}

  private final Map<Series, String> beginnings =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Series, String> eldest) {
          return size() > MOST_KEPT;
        }
      };

  /** The samples of a batch, in bodies of so many lines at most. */
  List<String> bodies(List<Entry<Telemetry>> batch, int mostLines) {
    List<String> bodies = new ArrayList<>();
    StringBuilder body = new StringBuilder();
    int lines = 0;
    for (Entry<Telemetry> entry : batch) {
      if (entry.value() instanceof Telemetry.Signals signals) {
        for (int i = 0; i < signals.names().size(); i++) {
          String beginning = beginning(entry.key(), signals.names().get(i));
          long[] times = signals.times().get(i);
          double[] values = signals.values().get(i);
          for (int k = 0; k < times.length; k++) {
            body.append(beginning).append(values[k]).append(' ').append(times[k]).append('\n');
            if (++lines == mostLines) {
              bodies.add(body.toString());
              body.setLength(0);
              lines = 0;
            }
          }
        }
      }
    }
    if (lines > 0) {
      bodies.add(body.toString());
    }
    return bodies;
  }

  private String beginning(DeviceId device, String signal) {
    return beginnings.computeIfAbsent(
        new Series(device, signal),
        series -> {
          String line =
              Point.measurement(MEASUREMENT)
                  .addTag("tenant", device.tenant())
                  .addTag("device", device.device())
                  .addTag("signal", signal)
                  .addField("value", 0.0)
                  .time(0L, WritePrecision.MS)
                  .toLineProtocol();
          if (!line.endsWith(ZERO)) {
            throw new IllegalStateException("unexpected line protocol: " + line);
          }
          return line.substring(0, line.length() - ZERO.length()) + " value=";
        });
  }
}
