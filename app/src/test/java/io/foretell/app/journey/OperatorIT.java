package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.foretell.app.client.CommandFailed;
import io.foretell.app.journey.RunningServer.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with a running server, and what a tenant sees of another. */
final class OperatorIT {
  private static final String JSON = "application/json";

  @TempDir static Path data;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    server =
        RunningServer.in(
            data, "webhooks.allow-private", "true", "diagnostics.buffer-bytes", "100000");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void artifact_isThereForItsTenantOnly() {
    JsonNode artifact =
        server
            .api()
            .upload(
                "/artifacts",
                Map.of("tenant", "acme", "name", "pump", "component", "pump", "version", "1.0.0"),
                "the software".getBytes(UTF_8));
    String digest = artifact.path("digest").asText().replace("sha256:", "");
    Identity ours = server.add("ours@acme");
    Identity theirs = server.add("theirs@rival");

    assertThat(curl(ours, digest)).endsWith("the software\n200");
    assertThat(curl(theirs, digest)).contains("NOT_FOUND").endsWith("\n404");
    assertThat(coap(ours, digest)).contains("the software");
    assertThat(coap(theirs, digest)).contains("NOT_FOUND").doesNotContain("the software");
  }

  @Test
  void device_thatIsRemoved_leavesNoCommandToTheNextOfItsName() {
    server.add("again");
    JsonNode command =
        server.api().post("/devices/again/commands", Map.of(), Map.of("verb", "read-faults"));
    await("it waits", () -> state("again", command).equals("QUEUED"));

    server.api().delete("/devices/again", Map.of());
    Identity next = server.add("again");

    await("it has ended", () -> state("again", command).equals("EXPIRED"));
    Tool.Ran polled =
        Tool.run(
            "curl",
            "-s",
            "-w",
            "%{http_code}",
            "-H",
            "Authorization: Bearer " + next.token(),
            server.url() + "/v1/commands?wait=1");
    assertThat(polled.said()).isEqualTo("204");
  }

  @Test
  void code_thatIsBlank_isNotThere() {
    assertThatThrownBy(() -> server.api().get("/codes/%20", Map.of()))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("NOT_FOUND");
    assertThat(server.api().get("/codes/P0301", Map.of()).path("known").asBoolean()).isTrue();
  }

  @Test
  void metrics_tellOfBuffersAndOfDeliveriesGivenUp() throws Exception {
    HttpServer gone =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    gone.createContext(
        "/",
        call -> {
          call.sendResponseHeaders(410, -1);
          call.close();
        });
    gone.start();
    try {
      server
          .api()
          .post(
              "/webhooks",
              Map.of(),
              Map.of("url", "http://127.0.0.1:" + gone.getAddress().getPort() + "/"));
      Identity device = server.add("hooked");
      Tool.Ran sent =
          Sender.HTTP.send(
              server, device, "faults", JSON, "{\"code\":\"P0301\",\"status\":47}".getBytes(UTF_8));
      assertThat(Sender.HTTP.acknowledged(sent)).isTrue();

      await("it is given up", () -> metrics().contains("foretell_webhook_deliveries_dead 1.0"));
    } finally {
      gone.stop(0);
    }
    assertThat(metrics())
        .contains("foretell_diagnosis_early_releases_total 0.0")
        .contains("foretell_diagnosis_late_reports_total 0.0")
        .contains("foretell_diagnosis_buffer_limit_bytes 100000.0");
  }

  private static String metrics() {
    HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/metrics")).build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String state(String device, JsonNode command) {
    return server.items("/devices/" + device + "/commands", Map.of()).stream()
        .filter(c -> c.path("id").equals(command.path("id")))
        .map(c -> c.path("state").asText())
        .findFirst()
        .orElse("");
  }

  private static String curl(Identity device, String digest) {
    return Tool.run(
            "curl",
            "-s",
            "-w",
            "\n%{http_code}",
            "-H",
            "Authorization: Bearer " + device.token(),
            server.url() + "/v1/artifacts/" + digest)
        .said();
  }

  private static String coap(Identity device, String digest) {
    return Tool.run(
            "coap-client-openssl",
            "-m",
            "get",
            "-u",
            device.device(),
            "-k",
            device.psk(),
            "coaps://127.0.0.1:" + server.port("coaps") + "/v1/artifacts/" + digest)
        .said();
  }
}
