package io.foretell.app.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.journey.Tool;
import io.foretell.proto.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Debian's Prometheus on a free port, which scrapes a server every second. */
final class Prometheus implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final Tool server;

  private Prometheus(int port, Tool server) {
    this.port = port;
    this.server = server;
  }

  /** Starts one; returns when it has scraped the server and looked at the rules twice. */
  static Prometheus scraping(RunningServer scraped, Path rules, Path folder) throws IOException {
    int port = FreePort.pick();
    Path config =
        Files.writeString(
            folder.resolve("prometheus.yaml"),
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ["%s"]
            scrape_configs:
              - job_name: foretell
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """
                .formatted(rules.toAbsolutePath().normalize(), scraped.port("http")));
    Tool tool =
        Tool.start(
            "prometheus",
            "--config.file=" + config,
            "--storage.tsdb.path=" + folder.resolve("tsdb"),
            "--web.listen-address=127.0.0.1:" + port,
            "--log.level=warn");
    Prometheus prometheus = new Prometheus(port, tool);
    RunningServer.await("prometheus", prometheus::answers);
    RunningServer.await(
        "two scrapes in time", () -> prometheus.ask("sum_over_time(up[5m]) >= 2").size() > 0);
    return prometheus;
  }

  /** The series that an expression gives now; fails with Prometheus's own words where it cannot. */
  List<JsonNode> ask(String expression) {
    JsonNode answer = get("/api/v1/query?query=" + ApiClient.encode(expression));
    assertThat(answer.path("status").asText()).as(expression + ": " + answer).isEqualTo("success");
    List<JsonNode> series = new ArrayList<>();
    answer.path("data").path("result").forEach(series::add);
    return series;
  }

  /** Below its API. */
  JsonNode get(String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      return ApiClient.JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private boolean answers() {
    try {
      return get("/api/v1/status/runtimeinfo").path("status").asText().equals("success");
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
