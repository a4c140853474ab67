package io.foretell.app.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.journey.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code /metrics} says, as Prometheus reads it; and that the dashboard and the alerts name
 * only what is there.
 */
final class MetricsIT {
  private static final Path DOCKER =
      Path.of(System.getProperty("foretell.root", "..")).resolve("docker");
  private static final Path RULES = DOCKER.resolve("prometheus/foretell.rules.yaml");
  private static final Path DASHBOARD = DOCKER.resolve("grafana/foretell.json");

  /** What Prometheus 2 sends. */
  private static final String PROMETHEUS =
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

  private static final Pattern METRIC =
      Pattern.compile("\\b(?:foretell|jvm|process|disk|system)_[a-z0-9_]+\\b");

  @TempDir static Path folder;
  private static RunningServer server;
  private static Prometheus prometheus;

  @BeforeAll
  static void start() throws IOException {
    server = RunningServer.in(folder.resolve("data"));
    prometheus = Prometheus.scraping(server, RULES, folder);
  }

  @AfterAll
  static void stop() {
    prometheus.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        PROMETHEUS + "|application/openmetrics-text; version=1.0.0; charset=utf-8",
        "application/openmetrics-text|application/openmetrics-text; version=1.0.0; charset=utf-8",
        "text/plain;version=0.0.4,application/openmetrics-text;q=0.5"
            + "|text/plain; version=0.0.4; charset=utf-8",
        "application/openmetrics-text;q=0,*/*|text/plain; version=0.0.4; charset=utf-8",
        "text/html,*/*;q=0.8|text/plain; version=0.0.4; charset=utf-8",
        "*/*|text/plain; version=0.0.4; charset=utf-8"
      })
  void metrics_comeInTheFormatThatIsAskedFor(String accept, String type) throws Exception {
    HttpResponse<String> answer = metrics(accept);

    assertThat(answer.headers().firstValue("content-type")).contains(type);
    assertThat(answer.body().endsWith("# EOF\n")).isEqualTo(type.contains("openmetrics"));
  }

  @Test
  void prometheus_readsAllOfItAsOpenMetrics() {
    JsonNode metadata = prometheus.get("/api/v1/metadata").path("data");
    List<String> own = new ArrayList<>();
    metadata.fieldNames().forEachRemaining(own::add);
    own.removeIf(name -> !name.startsWith("foretell_"));
    assertThat(own).hasSizeGreaterThan(30);
    assertThat(own)
        .allSatisfy(
            name -> {
              JsonNode meta = metadata.path(name).path(0);
              assertThat(meta.path("type").asText()).as(name).isIn("counter", "gauge");
              assertThat(meta.path("help").asText()).as(name).matches("[A-Z].{14,}");
            });
    // A scrape that took longer than its second leaves a gap.
    RunningServer.await(
        "parts that are ready",
        () ->
            prometheus.ask("last_over_time(foretell_part_ready[5m]) == 1").stream()
                .map(series -> series.path("metric").path("part").asText())
                .toList()
                .containsAll(
                    List.of(
                        "records",
                        "lanes",
                        "history",
                        "mqtt",
                        "coap",
                        "http",
                        "downlink",
                        "outbox")));
  }

  @Test
  void promtool_findsNothingToMendInOurMetrics() throws Exception {
    Path text = Files.writeString(folder.resolve("metrics.txt"), metrics("text/plain").body());

    Tool.Ran lint = Tool.run("sh", "-c", "promtool check metrics < " + text);

    assertThat(lint.said().lines().filter(line -> line.startsWith("foretell_"))).isEmpty();
    assertThat(lint.said()).doesNotContain("error while linting");
  }

  @Test
  void rules_areReadAndNameOnlyWhatIsExported() throws IOException {
    JsonNode groups = prometheus.get("/api/v1/rules").path("data").path("groups");
    List<JsonNode> rules = new ArrayList<>();
    groups.path(0).path("rules").forEach(rules::add);

    assertThat(rules).hasSizeGreaterThan(10);
    assertThat(rules)
        .allSatisfy(
            rule -> {
              assertThat(rule.path("lastError").asText()).as(rule.toString()).isEmpty();
              assertThat(rule.path("labels").path("severity").asText())
                  .isIn("critical", "warning", "info");
              assertThat(rule.path("annotations").path("summary").asText()).isNotEmpty();
            });
    assertExported(Files.readString(RULES));
    String operations = Files.readString(DOCKER.resolve("../docs/operations.md"));
    assertThat(rules).allSatisfy(r -> assertThat(operations).contains(r.path("name").asText()));
  }

  @Test
  void rules_seeWhatTheyAreFor() throws IOException {
    Path tests = folder.resolve("rules.test.yaml");
    try (var in = MetricsIT.class.getResourceAsStream("rules.test.yaml")) {
      String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      Files.writeString(
          tests, text.replace("RULES", RULES.toAbsolutePath().normalize().toString()));
    }

    Tool.Ran ran = Tool.run("promtool", "test", "rules", tests.toString());

    assertThat(ran.exit()).as(ran.said()).isZero();
  }

  static Stream<String> expressions() throws IOException {
    List<String> expressions = new ArrayList<>();
    JsonNode dashboard = io.foretell.app.client.ApiClient.JSON.readTree(DASHBOARD.toFile());
    dashboard
        .path("panels")
        .forEach(
            panel -> panel.path("targets").forEach(t -> expressions.add(t.path("expr").asText())));
    assertThat(expressions).hasSizeGreaterThan(30);
    return expressions.stream();
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void dashboard_asksWhatPrometheusCanAnswer(String expression) {
    prometheus.ask(expression.replace("$__rate_interval", "1m").replace("$instance", ".*"));
    assertExported(expression);
  }

  private static void assertExported(String text) {
    Set<String> names = new LinkedHashSet<>();
    for (Matcher m = METRIC.matcher(text); m.find(); ) {
      names.add(m.group());
    }
    assertThat(names)
        .isNotEmpty()
        .allSatisfy(
            // A scrape that took longer than its second leaves a gap.
            name ->
                assertThat(prometheus.ask("last_over_time(" + name + "[5m])"))
                    .as(name)
                    .isNotEmpty());
  }

  private static HttpResponse<String> metrics(String accept) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/metrics"))
            .header("accept", accept)
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
