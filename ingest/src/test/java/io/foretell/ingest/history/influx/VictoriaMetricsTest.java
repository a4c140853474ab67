package io.foretell.ingest.history.influx;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.HistoryServer;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The write path against a real VictoriaMetrics, which has the v2 protocol. */
final class VictoriaMetricsTest {
  private static final long T = 1_795_308_448_257L;

  @TempDir Path folder;

  @Test
  void batch_larger_than_a_request_is_all_there() throws Exception {
    try (HistoryServer server = HistoryServer.victoriaMetrics(folder);
        InfluxHistory history = new InfluxHistory(InfluxSettings.open(server.url(), "foretell"))) {
      history.start();
      long now = System.currentTimeMillis() / 1_000 * 1_000;
      List<Entry<Telemetry>> batch = new ArrayList<>();
      int devices = 120;
      for (int d = 0; d < devices; d++) {
        batch.add(entry(d, now));
      }
      history.write(batch).toCompletableFuture().get(30, TimeUnit.SECONDS);

      server.get("/internal/force_flush");
      String exported =
          server.get("/api/v1/export?match%5B%5D=telemetry_value&start=" + (now / 1_000 - 1_000));

      assertThat(exported.lines()).hasSize(devices);
      assertThat(exported.lines().filter(line -> line.contains("\"device\":\"truck-7\"")))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line)
                    .contains("\"tenant\":\"acme\"", "\"signal\":\"engine.coolant\"")
                    .contains("\"values\":[0,0.5,1,1.5,")
                    .contains("\"timestamps\":[" + (now - 99_000) + "," + (now - 98_000));
              });
    }
  }

  private static Entry<Telemetry> entry(int device, long now) {
    long[] times = new long[100];
    double[] values = new double[100];
    for (int i = 0; i < times.length; i++) {
      times[i] = now - 99_000 + i * 1_000L;
      values[i] = i / 2.0;
    }
    Telemetry signals =
        new Telemetry.Signals(now, List.of("engine.coolant"), List.of(times), List.of(values));
    return new Entry<>(
        new Position("uplink", 0, device), 0, new DeviceId("acme", "truck-" + device), T, signals);
  }
}
