package io.foretell.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.agent.simulate.Behaviour;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A few devices with faults, tickets and a campaign, for the console to show. */
final class Fleet {
  static final String SPEED = "Vehicle.Speed";
  static final String TRUCK = "truck-7";
  static final String LONG =
      "excavator-with-a-name-that-somebody-thought-had-to-say-everything-0123456789";

  private static final long MINUTE = 60_000;
  private static final int FAILED_AND_CONFIRMED = 0x2B;

  private final RunningServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> tokens = new HashMap<>();
  private final InstantSource clock = InstantSource.system();

  Fleet(RunningServer server) {
    this.server = server;
  }

  /** Fills the server; returns when its tickets are open. */
  void fill() {
    add(TRUCK, "truck-2016", Map.of("depot", "north"));
    add(LONG, "excavator-24t", Map.of());
    add("never-heard-of", "truck-2016", Map.of());
    for (int i = 1; i <= 5; i++) {
      add("ev-0" + i, "ev-2026", Map.of());
      drive("ev-0" + i, i);
      fault("ev-0" + i, i == 5 ? 0 : FAILED_AND_CONFIRMED, "P0A93");
    }
    drive(TRUCK, 3);
    fault(TRUCK, FAILED_AND_CONFIRMED, "P0301", "SPN 102 FMI 3", "U0100");
    drive(LONG, 9);
    fault(LONG, FAILED_AND_CONFIRMED, "B1342");
    campaign();
    RunningServer.await("tickets", () -> server.items("/tickets", Map.of()).size() >= 8);
  }

  private void add(String device, String model, Map<String, String> labels) {
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("id", device);
    wanted.put("model", model);
    wanted.put("hardware", "B");
    wanted.put("labels", labels);
    JsonNode issued = server.api().post("/devices", Map.of(), wanted);
    tokens.put(device, issued.path("token").asText());
  }

  private void drive(String device, int seed) {
    StringBuilder speeds = new StringBuilder();
    StringBuilder loads = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      String comma = i == 0 ? "" : ",";
      speeds.append(comma).append(60 + Math.round(30 * Math.sin((i + seed) / 9.0)));
      loads.append(comma).append(40 + (i * seed) % 37);
    }
    send(
        device,
        "telemetry",
        "{\"baseTime\":\"%d\",\"series\":[%s,%s]}"
            .formatted(
                clock.millis() - 2 * MINUTE,
                "{\"signal\":\"" + SPEED + "\",\"period\":1000,\"value\":[" + speeds + "]}",
                "{\"signal\":\"Vehicle.Powertrain.ElectricMotor.Load\",\"period\":1000,\"value\":["
                    + loads
                    + "]}"));
  }

  /** Sends one more sample of the speed. */
  void speed(String device, double value) {
    send(
        device,
        "telemetry",
        "{\"baseTime\":\"%d\",\"series\":[{\"signal\":\"%s\",\"value\":[%s]}]}"
            .formatted(clock.millis(), SPEED, value));
  }

  /** Reports faults. */
  void fault(String device, int status, String... codes) {
    String faults =
        String.join(
            ",",
            List.of(codes).stream()
                .map(
                    code ->
                        "{\"code\":\"%s\",\"status\":%d,\"count\":2,\"freezeFrame\":{\"%s\":63.5}}"
                            .formatted(code, status, SPEED))
                .toList());
    send(
        device,
        "faults",
        "{\"time\":\"%d\",\"source\":\"ecm\",\"faults\":[%s]}".formatted(clock.millis(), faults));
  }

  private void send(String device, String route, String json) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/v1/" + route))
            .header("authorization", "Bearer " + tokens.get(device))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    } catch (IOException e) {
      throw new AssertionError("the server does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void campaign() {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("name", "inverter-1.1.0");
    about.put("component", Behaviour.COMPONENT);
    about.put("version", "1.1.0");
    about.put("model", "ev-2026");
    ApiClient api = server.api();
    byte[] image = Behaviour.image("1.1.0", 0.8, true).bytes();
    String digest = api.upload("/artifacts", about, image).path("digest").asText();
    Map<String, Object> rule =
        Map.of(
            "maxFailedShare", 0.1,
            "maxRolledBack", 0,
            "silenceSeconds", 600,
            "minSuccessShare", 1,
            "soakSeconds", 30);
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("artifact", digest);
    plan.put("fixes", "fault:obd:*");
    plan.put("selection", Map.of("model", "ev-2026"));
    plan.put(
        "waves",
        List.of(Map.of("count", 2, "haltRule", rule), Map.of("share", 1, "haltRule", rule)));
    plan.put("by", "engineer");
    String id = api.post("/campaigns", Map.of(), plan).path("id").asText();
    api.post("/campaigns/" + id + "/start", Map.of(), Map.of("by", "engineer"));
  }
}
