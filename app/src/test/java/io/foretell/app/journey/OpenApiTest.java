package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract and the server say the same: routes, and the shapes of real answers. */
final class OpenApiTest {
  private static final Schemas CONTRACT = Schemas.ofTheServer();

  @TempDir static Path data;
  private static RunningServer server;
  private static String ticket;
  private static String campaign;

  @BeforeAll
  static void fill() {
    server = RunningServer.in(data);
    Identity car = server.add("car");
    send(car, "telemetry", "{\"engine.coolant\":91.5}");
    send(car, "telemetry", "{\"engine.coolant\":\"hot\"}");
    send(car, "faults", "{\"code\":\"P0301\",\"status\":47,\"freezeFrame\":{\"rpm\":900}}");
    ApiClient api = server.api();
    api.post("/devices/car/commands", Map.of(), Map.of("verb", "read-faults"));
    String digest =
        api.upload(
                "/artifacts",
                Map.of("name", "fix", "component", "ecu", "version", "1.0.1", "model", "journey"),
                new byte[] {1, 2, 3})
            .path("digest")
            .asText();
    Map<String, Object> rule =
        Map.of("maxFailedShare", 0.1, "maxRolledBack", 0, "silenceSeconds", 60);
    campaign =
        api.post(
                "/campaigns",
                Map.of(),
                Map.of(
                    "artifact",
                    digest,
                    "fixes",
                    "fault:*",
                    "selection",
                    Map.of("model", "journey"),
                    "waves",
                    List.of(Map.of("count", 1, "haltRule", rule))))
            .path("id")
            .asText();
    api.post("/campaigns/" + campaign + "/start", Map.of(), Map.of("by", "engineer"));
    api.post("/webhooks", Map.of(), Map.of("url", "https://tickets.example.com/hook"));
    await("the ticket", () -> !server.items("/tickets", Map.of()).isEmpty());
    await("the reject", () -> !server.rejects("car").isEmpty());
    await("the command", () -> !server.items("/devices/car/commands", Map.of()).isEmpty());
    ticket = server.items("/tickets", Map.of()).get(0).path("id").asText();
    api.post("/tickets/" + ticket + "/assign", Map.of(), Map.of("by", "a", "owner", "b"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void routes_areThoseOfTheContract() {
    assertThat(server.routes()).isNotEmpty().containsExactlyInAnyOrderElementsOf(CONTRACT.routes());
  }

  @Test
  void contract_refersOnlyToWhatItHas() {
    assertThat(CONTRACT.broken()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/fleet",
        "/devices",
        "/devices/{device}",
        "/devices/{device}/signals",
        "/devices/{device}/history",
        "/devices/{device}/faults",
        "/devices/{device}/commands",
        "/faults",
        "/codes/{code}",
        "/tickets",
        "/tickets/{ticket}",
        "/kpis",
        "/artifacts",
        "/campaigns",
        "/campaigns/{campaign}",
        "/campaigns/{campaign}/devices",
        "/webhooks",
        "/rejects",
        "/conservation",
        "/server"
      })
  void answer_isAsTheContractSays(String path) {
    JsonNode answer =
        server
            .api()
            .get(
                path.replace("{device}", "car")
                    .replace("{code}", "P0301")
                    .replace("{ticket}", ticket)
                    .replace("{campaign}", campaign),
                Map.of());

    assertThat(CONTRACT.faults("get", path, "200", answer)).isEmpty();
    if (answer.has("items")) {
      assertThat(answer.path("items")).as("something to look at").isNotEmpty();
    }
  }

  @Test
  void answer_thatCreates_isAsTheContractSays() {
    JsonNode device = server.api().post("/devices", Map.of(), Map.of("id", "another"));
    JsonNode command =
        server.api().post("/devices/car/commands", Map.of(), Map.of("verb", "reboot"));
    JsonNode acted =
        server.api().post("/tickets/" + ticket + "/comment", Map.of(), Map.of("text", "seen"));

    assertThat(CONTRACT.faults("post", "/devices", "201", device)).isEmpty();
    assertThat(CONTRACT.faults("post", "/devices/{device}/commands", "202", command)).isEmpty();
    assertThat(CONTRACT.faults("post", "/tickets/{ticket}/{action}", "200", acted)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/devices/nobody",
        "/tickets/none",
        "/devices/car/history?since=x",
        "/devices?limit=-1"
      })
  void problem_isAsTheContractSays(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = get("/api/v1" + path, server.token());

    assertThat(answer.statusCode()).isBetween(400, 499);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(
            CONTRACT.faults("get", "/devices", "default", ApiClient.JSON.readTree(answer.body())))
        .isEmpty();
  }

  @Test
  void contract_isServed() throws IOException, InterruptedException {
    assertThat(get("/api/v1/openapi.yaml", "").body()).startsWith("openapi: 3.1.0");
  }

  @Test
  void checker_seesWhatIsWrong() throws IOException {
    JsonNode wrong = ApiClient.JSON.readTree("{\"items\":[{\"id\":7,\"health\":\"fine\"}]}");

    assertThat(CONTRACT.faults("get", "/devices", "200", wrong))
        .anyMatch(fault -> fault.contains("lacks total"))
        .anyMatch(fault -> fault.contains("id is no string"))
        .anyMatch(fault -> fault.contains("none of"))
        .anyMatch(fault -> fault.contains("lacks online"));
  }

  private static HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.url() + path))
                .header("authorization", "Bearer " + token)
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void send(Identity device, String route, String body) {
    Tool.Ran ran =
        Sender.HTTP.send(server, device, route, "application/json", body.getBytes(UTF_8));
    assertThat(Sender.HTTP.acknowledged(ran)).as(ran.toString()).isTrue();
  }
}
