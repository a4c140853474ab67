package io.foretell.app.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.kill.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a server process, as a collector reads it. */
final class JsonLogsIT {
  @TempDir private Path folder;

  @Test
  void log_ofAServerThatIsUsedAndAttacked_isObjectsOnLinesWithoutASecret() throws Exception {
    Path file = folder.resolve("server.log");
    List<String> secrets =
        new ArrayList<>(List.of("s3cr3t-bridge", "s3cr3t-influx", "s3cr3t-store", "s3cr3t-wrong"));
    List<String> settings =
        List.of(
            "log.format=json",
            "log.level=debug",
            "bridge.password=s3cr3t-bridge",
            "history.influx.token=s3cr3t-influx",
            "artifacts.s3.secret-key=s3cr3t-store");
    try (ServerProcess server = ServerProcess.launch(folder.resolve("data"), file, settings)) {
      server.awaitReady();
      ApiClient api = server.api();
      JsonNode issued = api.post("/devices", Map.of("tenant", "north"), Map.of("id", "van-7"));
      secrets.add(issued.path("token").asText());
      secrets.add(issued.path("psk").asText());
      secrets.add(Files.readString(folder.resolve("data/admin.token")).trim());

      publish(server, "van-7@north", secrets.get(4), "{\"engine.coolant\":91.5}");
      publish(server, "van-7@north", "s3cr3t-wrong", "{}");
      publish(server, "van-7@north", secrets.get(4), "no telemetry at all");
      RunningServer.await(
          "the refusal and the registration",
          () -> said(file, "refused").size() == 1 && said(file, "registered").size() == 1);
    }

    List<JsonNode> lines = lines(file);
    assertThat(lines)
        .allSatisfy(
            line -> {
              assertThat(Instant.parse(line.path("time").asText())).isAfter(Instant.EPOCH);
              assertThat(line.path("level").asText()).matches("DEBUG|INFO|WARN|ERROR");
              assertThat(line.path("loggerName").asText()).isNotEmpty();
              assertThat(line.path("threadName").asText()).isNotEmpty();
              assertThat(line.path("message").asText()).isNotEmpty();
            });
    assertThat(said(file, "registered"))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.path("mdc").path("device").asText()).isEqualTo("van-7");
              assertThat(line.path("mdc").path("tenant").asText()).isEqualTo("north");
            });
    assertThat(secrets).doesNotContain("").hasSize(7);
    assertThat(Files.readString(file)).doesNotContain(secrets);
  }

  @Test
  void log_ofAServerThatCannotStart_saysWhyInOneObject() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Foretell.Ran ran =
          Foretell.process(
              folder,
              "serve",
              "--data",
              folder.resolve("data").toString(),
              "--set",
              "log.format=json",
              "--mqtt-port=0",
              "--mqtts-port=0",
              "--coap-port=0",
              "--coaps-port=0",
              "--http-port=" + taken.getLocalPort());

      assertThat(ran.exit()).isEqualTo(1);
      List<JsonNode> lines = ran.err().lines().map(JsonLogsIT::parsed).toList();
      assertThat(lines.get(lines.size() - 1).path("level").asText()).isEqualTo("ERROR");
      assertThat(lines.get(lines.size() - 1).path("message").asText())
          .startsWith("HTTP cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  private static void publish(ServerProcess server, String user, String password, String payload) {
    int port = URI.create(server.mqtt()).getPort();
    Mosquitto.publish(port, user, password, "v1/telemetry", payload);
  }

  private static List<JsonNode> said(Path file, String word) {
    return lines(file).stream().filter(l -> l.path("message").asText().contains(word)).toList();
  }

  private static List<JsonNode> lines(Path file) {
    try {
      // What is being written may end within a character.
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      // What is being written has no end of line yet.
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(JsonLogsIT::parsed).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parsed(String line) {
    try {
      JsonNode parsed = ApiClient.JSON.readTree(line);
      assertThat(parsed.isObject()).as(line).isTrue();
      return parsed;
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + line, e);
    }
  }
}
