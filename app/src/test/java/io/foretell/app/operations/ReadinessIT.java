package io.foretell.app.operations;

import static io.foretell.app.journey.RunningServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.app.journey.Tool;
import io.foretell.proto.HistoryServer;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a server says of itself while one of the servers that it stands on is away, though no device
 * sends anything; and that it sees by itself when that one is back. A full disk: see DiskTroubleIT.
 */
final class ReadinessIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** They come back as fast as their clients ask again. */
  private static final Duration BACK = Duration.ofSeconds(120);

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void readiness_namesWhatIsAwayAndWhy() throws IOException {
    KafkaBroker kafka = KafkaBroker.started();
    PostgresServer postgres = PostgresServer.started();
    HistoryServer influxd = HistoryServer.influx(Files.createDirectory(folder.resolve("influx")));
    try (RunningServer server =
        RunningServer.in(
            folder.resolve("data"),
            "engine.kafka.bootstrap",
            kafka.bootstrap(),
            "records.url",
            postgres.url("public"),
            "history.influx.url",
            influxd.url().toString())) {
      await("all is well", SOON, () -> unready(server).isEmpty());
      Identity device = server.add("van-7");

      kafka.stop();
      await("no lanes", SOON, () -> unready(server).contains("lanes LANES_UNAVAILABLE"));
      await(
          "the metric of it",
          SOON,
          () -> metrics(server).contains("foretell_part_ready{part=\"lanes\"} 0.0"));
      kafka.start();
      await("lanes", BACK, () -> unready(server).isEmpty());

      postgres.stop();
      await("no records", SOON, () -> unready(server).contains("records RECORDS_UNAVAILABLE"));
      postgres.start();
      await("records", BACK, () -> unready(server).isEmpty());

      influxd.close();
      Tool.Ran sent =
          Mosquitto.publish(server, device, "v1/telemetry", "{\"engine.coolant\":91.5}");
      assertThat(sent.exit()).as(sent.said()).isZero();
      await(
          "no history, and all else",
          BACK,
          () -> unready(server).equals(List.of("history HISTORY_UNAVAILABLE")));
    } finally {
      influxd.close();
    }
  }

  /** Each part that is not ready, with the code of its worst notice. */
  private List<String> unready(RunningServer server) {
    try {
      HttpResponse<String> answer = get(server, "/health/ready");
      JsonNode body = ApiClient.JSON.readTree(answer.body());
      assertThat(answer.statusCode()).isEqualTo(body.path("ready").asBoolean() ? 200 : 503);
      List<String> unready = new ArrayList<>();
      for (JsonNode part : body.path("parts")) {
        if (!part.path("ready").asBoolean()) {
          JsonNode worst = part.path("notices").path(0);
          assertThat(worst.path("text").asText()).isNotEmpty();
          assertThat(worst.path("advice").asText()).isNotEmpty();
          unready.add(part.path("part").asText() + " " + worst.path("code").asText());
        }
      }
      return unready;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String metrics(RunningServer server) {
    try {
      return get(server, "/metrics").body();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> get(RunningServer server, String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(60))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
