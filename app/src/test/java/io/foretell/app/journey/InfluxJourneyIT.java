package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.proto.HistoryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same journey with history in a real InfluxDB: only an address was set. */
final class InfluxJourneyIT {
  private static final String JSON = "application/json";

  @TempDir static Path folder;
  private static HistoryServer influxd;
  private static RunningServer server;

  @BeforeAll
  static void start() throws IOException {
    influxd = HistoryServer.influx(Files.createDirectory(folder.resolve("influx")));
    server =
        RunningServer.in(
            folder.resolve("data"),
            "history.influx.url",
            influxd.url().toString(),
            "diagnostics.lateness",
            "200ms",
            "diagnostics.healing-period",
            "1s");
  }

  @AfterAll
  static void stop() {
    server.close();
    influxd.close();
  }

  @ParameterizedTest
  @EnumSource
  void telemetry_isInInfluxAndInTheApi(Sender sender) throws IOException {
    Identity device = server.add("influx-" + sender.name().toLowerCase(Locale.ROOT));
    long t = System.currentTimeMillis();

    send(sender, device, "telemetry", "{\"t\":" + t + ",\"engine.coolant\":91.5}");

    await("the sample", () -> history(device).size() == 1);
    assertThat(history(device).get(0).path("t").asLong()).isEqualTo(t);
    assertThat(history(device).get(0).path("value").asDouble()).isEqualTo(91.5);
    JsonNode rows =
        rows(
            "SELECT value FROM telemetry WHERE tenant = 'default' AND signal = 'engine.coolant'"
                + " AND device = '"
                + device.device()
                + "'");
    assertThat(rows).hasSize(1);
    assertThat(rows.path(0).path(0).asLong()).isEqualTo(t);
    assertThat(rows.path(0).path(1).asDouble()).isEqualTo(91.5);
    server.conserved();
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "COAPS", "HTTP"})
  void fault_thatTheDeviceClears_endsAsVerifiedTicket(Sender sender) {
    Identity device = server.add("influx-loop-" + sender.name().toLowerCase(Locale.ROOT));
    send(sender, device, "faults", "{\"code\":\"P0301\",\"status\":47}");
    await("the ticket", () -> state(device).equals("OPEN"));

    send(sender, device, "faults", "{\"complete\":true,\"codes\":[]}");
    long healed = System.currentTimeMillis() + 1_500;
    await("the healing period", () -> System.currentTimeMillis() > healed);
    send(sender, device, "telemetry", "{\"engine.coolant\":91.5}");

    await("the proof", () -> state(device).equals("VERIFIED"));
    server.conserved();
  }

  private static void send(Sender sender, Identity device, String route, String payload) {
    Tool.Ran ran = sender.send(server, device, route, JSON, payload.getBytes(UTF_8));
    assertThat(sender.acknowledged(ran)).as(sender + ": " + ran).isTrue();
  }

  private static List<JsonNode> history(Identity device) {
    return server.items(
        "/devices/" + device.device() + "/history", Map.of("signal", "engine.coolant"));
  }

  private static String state(Identity device) {
    return server.items("/tickets", Map.of("device", device.device())).stream()
        .map(ticket -> ticket.path("state").asText())
        .findFirst()
        .orElse("none");
  }

  /** The rows that answer an InfluxQL question; times in ms. */
  private static JsonNode rows(String influxQl) throws IOException {
    return ApiClient.JSON
        .readTree(influxd.ask("foretell", influxQl))
        .path("results")
        .path(0)
        .path("series")
        .path(0)
        .path("values");
  }
}
