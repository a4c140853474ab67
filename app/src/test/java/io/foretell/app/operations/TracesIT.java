package io.foretell.app.operations;

import static io.foretell.app.journey.RunningServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.app.operations.Collector.Got;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector gets of a device's message on its way to the ticket. */
final class TracesIT {
  @TempDir private Path folder;

  @Test
  void fault_overMqtt_isOneTraceFromTheDeviceToTheWebhook() throws IOException {
    try (Collector collector = Collector.started();
        RunningServer server = server(collector.url(), "0")) {
      server.api().post("/webhooks", Map.of(), Map.of("url", collector.url() + "/hook"));
      Identity device = server.add("van-7");

      Mosquitto.publish(server, device, "v1/telemetry", "{\"engine.coolant\":91.5}");
      Mosquitto.publish(server, device, "v1/faults", "{\"code\":\"P0301\",\"status\":47}");
      await("the span of the delivery", () -> collector.spans("POST").size() == 1);
      await("all spans", () -> collector.spans().size() >= 5);

      List<Got> all = collector.spans();
      assertThat(all.stream().map(Got::trace).distinct()).hasSize(1);
      assertThat(all).hasSize(5);
      Map<String, Got> byName =
          all.stream().collect(Collectors.toMap(got -> got.span().getName(), got -> got));
      List<Got> path =
          List.of(
              byName.get("receive v1/faults"),
              byName.get("process uplink"),
              byName.get("diagnose"),
              byName.get("process findings"),
              byName.get("POST"));
      assertThat(path.get(0).parent()).isEmpty();
      for (int i = 1; i < path.size(); i++) {
        assertThat(path.get(i).parent()).as("parent of %s", i).isEqualTo(path.get(i - 1).id());
        assertThat(path.get(i).span().getStartTimeUnixNano())
            .as("start of %s", i)
            .isGreaterThanOrEqualTo(path.get(i - 1).span().getStartTimeUnixNano());
      }
      assertThat(path)
          .allSatisfy(
              got -> {
                assertThat(got.span().getEndTimeUnixNano())
                    .isGreaterThanOrEqualTo(got.span().getStartTimeUnixNano());
                assertThat(got.attributes())
                    .containsEntry("device.id", "van-7")
                    .containsEntry("foretell.tenant", "default");
                assertThat(got.resource())
                    .containsEntry("service.name", "foretell")
                    .containsKeys("service.version", "service.instance.id");
              });
      assertSaid(server, path);
      assertThat(collector.traceparents())
          .containsExactly("00-" + path.get(4).trace() + "-" + path.get(4).id() + "-01");
      assertThat(collector.authorizations()).containsOnly("Bearer s3cr3t");
    }
  }

  private static void assertSaid(RunningServer server, List<Got> path) {
    assertThat(path.get(0).span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CONSUMER);
    assertThat(path.get(0).attributes())
        .containsEntry("messaging.system", "mqtt")
        .containsEntry("messaging.destination.name", "v1/faults")
        .containsEntry("messaging.operation.name", "receive")
        .containsEntry("messaging.operation.type", "receive")
        .containsEntry("messaging.client.id", "van-7")
        .containsEntry("messaging.message.body.size", "28");
    assertThat(path.get(1).span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CONSUMER);
    assertThat(path.get(1).attributes())
        .containsEntry("messaging.destination.name", "uplink")
        .containsEntry("messaging.operation.type", "process")
        .containsKeys("messaging.destination.partition.id", "messaging.message.id");
    assertThat(path.get(2).span().getKind()).isEqualTo(SpanKind.SPAN_KIND_INTERNAL);
    assertThat(path.get(2).attributes())
        .containsEntry("foretell.finding.kind", "ACTIVE_FAULT")
        .containsEntry("foretell.cause", "fault:obd:P0301");
    JsonNode ticket = server.items("/tickets", Map.of()).get(0);
    assertThat(path.get(3).attributes())
        .containsEntry("messaging.destination.name", "findings")
        .containsEntry("messaging.operation.type", "process")
        .containsEntry("foretell.ticket.id", ticket.path("id").asText())
        .containsEntry("foretell.ticket.change", "opened");
    assertThat(path.get(4).span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
    assertThat(path.get(4).span().getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
    assertThat(path.get(4).attributes())
        .containsEntry("http.request.method", "POST")
        .containsEntry("http.response.status_code", "204")
        .containsEntry("server.address", "127.0.0.1")
        .containsKeys("server.port", "foretell.webhook.id");
  }

  @Test
  void telemetry_isTracedByItsRatio() throws IOException {
    try (Collector collector = Collector.started();
        RunningServer server = server(collector.url(), "1")) {
      Identity device = server.add("van-7");

      Mosquitto.publish(server, device, "v1/telemetry", "{\"engine.coolant\":91.5}");
      Mosquitto.publish(server, device, "v1/telemetry", "no JSON");
      await("both", () -> collector.spans("process uplink").size() == 2);
      await("their receipts", () -> collector.spans("receive v1/telemetry").size() == 2);

      List<Got> received = collector.spans("receive v1/telemetry");
      List<Got> processed = collector.spans("process uplink");
      assertThat(collector.spans()).hasSize(4);
      assertThat(received).extracting(Got::parent).containsOnly("");
      assertThat(processed)
          .extracting(Got::trace, Got::parent)
          .containsExactlyInAnyOrderElementsOf(
              received.stream()
                  .map(got -> org.assertj.core.groups.Tuple.tuple(got.trace(), got.id()))
                  .toList());
      assertThat(processed)
          .extracting(got -> got.attributes().get("foretell.rejected"))
          .containsExactlyInAnyOrder("false", "true");
    }
  }

  @Test
  void collector_thatIsAway_isToldAndHoldsUpNothing() throws Exception {
    try (Socket nobody = new Socket()) { // has a port, and does not listen there
      nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      collectorAway("http://127.0.0.1:" + nobody.getLocalPort());
    }
  }

  private void collectorAway(String collector) {
    try (RunningServer server = server(collector, "1")) {
      Identity device = server.add("van-7");

      Mosquitto.publish(server, device, "v1/faults", "{\"code\":\"P0301\",\"status\":47}");

      await("the ticket", () -> server.items("/tickets", Map.of()).size() == 1);
      await("the notice", () -> ready(server).toString().contains("TRACES_NOT_EXPORTED"));
      assertThat(ready(server).path("ready").asBoolean()).isTrue();
    }
  }

  private static JsonNode ready(RunningServer server) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(server.url() + "/health/ready")).build();
      return ApiClient.JSON.readTree(
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private RunningServer server(String collector, String ratio) {
    return RunningServer.in(
        folder.resolve("data"),
        "telemetry.otlp.endpoint",
        collector,
        "telemetry.otlp.headers",
        "Authorization=Bearer s3cr3t",
        "telemetry.sample-ratio",
        ratio,
        "webhooks.allow-private",
        "true",
        "diagnostics.lateness",
        "200ms");
  }
}
