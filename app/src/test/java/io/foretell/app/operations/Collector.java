package io.foretell.app.operations;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** An OpenTelemetry collector of traces by OTLP/HTTP, and a webhook's receiver beside it. */
final class Collector implements AutoCloseable {
  private final HttpServer server;
  private final List<Got> spans = new CopyOnWriteArrayList<>();
  private final List<String> traceparents = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();

  private Collector(HttpServer server) {
    this.server = server;
  }

  /** A span and whose it is. */
  record Got(Span span, Map<String, String> resource) {
    String trace() {
      return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    String id() {
      return HexFormat.of().formatHex(span.getSpanId().toByteArray());
    }

    String parent() {
      return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
    }

    Map<String, String> attributes() {
      return texts(span.getAttributesList());
    }
  }

  static Collector started() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Collector collector = new Collector(server);
    server.createContext("/v1/traces", collector::take);
    server.createContext("/hook", collector::hook);
    server.start();
    return collector;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The spans of a name, in the order in which they came. */
  List<Got> spans(String name) {
    return spans.stream().filter(got -> got.span().getName().equals(name)).toList();
  }

  List<Got> spans() {
    return List.copyOf(spans);
  }

  /** What came with the webhook's requests. */
  List<String> traceparents() {
    return List.copyOf(traceparents);
  }

  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream in = new GZIPInputStream(exchange.getRequestBody())) {
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(in);
      for (ResourceSpans of : request.getResourceSpansList()) {
        Map<String, String> resource = texts(of.getResource().getAttributesList());
        of.getScopeSpansList()
            .forEach(scope -> scope.getSpansList().forEach(s -> spans.add(new Got(s, resource))));
      }
      byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
    }
  }

  private void hook(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      traceparents.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private static Map<String, String> texts(List<KeyValue> attributes) {
    return attributes.stream()
        .collect(
            Collectors.toMap(
                KeyValue::getKey,
                a ->
                    switch (a.getValue().getValueCase()) {
                      case INT_VALUE -> String.valueOf(a.getValue().getIntValue());
                      case BOOL_VALUE -> String.valueOf(a.getValue().getBoolValue());
                      default -> a.getValue().getStringValue();
                    }));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
