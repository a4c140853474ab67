package io.foretell.servicedesk.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** A web server that keeps what it gets and answers as it is told. */
final class Receiver implements AutoCloseable {
  /** What came. */
  record Got(String path, Map<String, String> fields, String body) {}

  /** What is answered. */
  record Say(int status, Map<String, String> fields) {
    static Say status(int status) {
      return new Say(status, Map.of());
    }
  }

  final List<Got> got = Collections.synchronizedList(new ArrayList<>());
  volatile Function<Got, Say> answer = got -> Say.status(204);

  private final HttpServer server;

  Receiver(HttpServer server) {
    this.server = server;
    server.createContext("/", this::handle);
    server.start();
  }

  static Receiver open() throws IOException {
    return new Receiver(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
  }

  String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> fields = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> fields.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Got one = new Got(exchange.getRequestURI().toString(), fields, body);
    got.add(one);
    Say say = answer.apply(one);
    say.fields().forEach(exchange.getResponseHeaders()::add);
    exchange.sendResponseHeaders(say.status(), -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
