package io.foretell.app.journey;

import io.foretell.proto.HistoryServer;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** The same journey on real Kafka, PostgreSQL and InfluxDB: only addresses were set. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DistributedJourneyIT extends JourneyIT {
  private @Nullable HistoryServer influxd;

  @Override
  RunningServer server(Path folder) throws IOException {
    HistoryServer history = HistoryServer.influx(Files.createDirectory(folder.resolve("influx")));
    influxd = history;
    return RunningServer.in(
        folder.resolve("data"),
        "engine.kafka.bootstrap",
        KafkaBroker.shared().bootstrap(),
        "records.url",
        PostgresServer.shared().schemaOf(folder),
        "history.influx.url",
        history.url().toString(),
        "diagnostics.lateness",
        "200ms",
        "diagnostics.healing-period",
        "1s");
  }

  @Override
  @AfterAll
  void stop() {
    super.stop();
    if (influxd != null) {
      influxd.close();
    }
  }
}
