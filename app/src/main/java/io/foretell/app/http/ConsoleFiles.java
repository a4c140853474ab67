package io.foretell.app.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Serves the console's files from the class path ({@code /console/…} and WebJars). */
final class ConsoleFiles {
  private static final String ROOT = "console";
  private static final String POLICY =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "woff2", "font/woff2");

  private final Map<String, Buffer> cache = new ConcurrentHashMap<>();

  void mount(Router router) {
    router.get("/").handler(context -> send(context, "index.html"));
    router.get("/*").handler(this::file);
  }

  private void file(RoutingContext context) {
    String path = context.normalizedPath().substring(1);
    if (path.contains("..")) {
      context.next();
      return;
    }
    send(context, path);
  }

  private void send(RoutingContext context, String path) {
    // Only what there is goes into the cache: anybody can ask for what there is not.
    Buffer bytes = cache.get(path);
    if (bytes == null) {
      bytes = load(path).orElse(null);
    }
    if (bytes == null) {
      context.next();
      return;
    }
    cache.put(path, bytes);
    String ending = path.substring(path.lastIndexOf('.') + 1);
    context
        .response()
        .putHeader("content-type", TYPES.getOrDefault(ending, "application/octet-stream"))
        .putHeader("content-security-policy", POLICY)
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("referrer-policy", "no-referrer")
        .putHeader("cache-control", "no-cache")
        .end(bytes);
  }

  private Optional<Buffer> load(String path) {
    try (InputStream in =
        ConsoleFiles.class.getClassLoader().getResourceAsStream(ROOT + "/" + path)) {
      return in == null || path.isEmpty() || path.endsWith("/")
          ? Optional.empty()
          : Optional.of(Buffer.buffer(in.readAllBytes()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
