package io.foretell.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Binds handlers that return plain values to the routes of the API. A handler may block: it runs on
 * a worker. What it throws becomes a problem after RFC 9457.
 */
public final class Routes {
  private static final Logger log = LoggerFactory.getLogger(Routes.class);

  private final Vertx vertx;
  private final Router router;
  private final ObjectMapper json;
  private final List<String> bound = new ArrayList<>();

  Routes(Vertx vertx, Router router, ObjectMapper json) {
    this.vertx = vertx;
    this.router = router;
    this.json = json;
  }

  /** Answers a call. */
  @FunctionalInterface
  public interface Handler {
    /** The body of the answer, a {@link Reply}, or null for no content. */
    @Nullable Object answer(Call call) throws IOException;
  }

  /** An answer with a status of its own. */
  public record Reply(int status, Object body) {}

  /** Binds GET. */
  public void get(String path, Handler handler) {
    bind(HttpMethod.GET, path, handler);
  }

  /** Binds POST. */
  public void post(String path, Handler handler) {
    bind(HttpMethod.POST, path, handler);
  }

  /** Binds DELETE. */
  public void delete(String path, Handler handler) {
    bind(HttpMethod.DELETE, path, handler);
  }

  /** Binds GET to what answers for as long as the caller stays. */
  void stream(String path, BiConsumer<RoutingContext, Call> handler) {
    bound.add(HttpMethod.GET + " " + path);
    router.get(path).handler(context -> handler.accept(context, new Call(context, json)));
  }

  /** Says how an archive is written, or refuses before anything of it is sent. */
  @FunctionalInterface
  public interface ArchiveHandler {
    /** Writes it when it is called; may block then. */
    Consumer<OutputStream> archive(Call call);
  }

  /** Binds GET to what answers with an archive, as it is made. */
  public void getArchive(String path, String what, ArchiveHandler handler) {
    archive(HttpMethod.GET, path, what, handler);
  }

  /** Binds POST to what answers with an archive, as it is made. */
  public void postForArchive(String path, String what, ArchiveHandler handler) {
    archive(HttpMethod.POST, path, what, handler);
  }

  private void archive(HttpMethod method, String path, String what, ArchiveHandler handler) {
    bound.add(method + " " + path);
    router
        .route(method, path.replaceAll("\\{(\\w+)}", ":$1"))
        .handler(
            context ->
                Archive.send(
                    vertx,
                    this,
                    context,
                    what,
                    out -> handler.archive(new Call(context, json)).accept(out)));
  }

  /** {@code GET /devices/{device}} and so on, as in the OpenAPI file. */
  public List<String> bound() {
    return List.copyOf(bound);
  }

  private void bind(HttpMethod method, String path, Handler handler) {
    bound.add(method + " " + path);
    String vertxPath = path.replaceAll("\\{(\\w+)}", ":$1");
    router
        .route(method, vertxPath)
        .handler(
            context -> {
              Call call = new Call(context, json);
              vertx
                  .executeBlocking(() -> said(call, handler), false)
                  .onSuccess(body -> answer(context, body))
                  .onFailure(failure -> fail(context, failure));
            });
  }

  /** Whatever is logged meanwhile says whom the call is about. */
  private static @Nullable Object said(Call call, Handler handler) throws IOException {
    call.about().forEach(MDC::put);
    try {
      return handler.answer(call);
    } finally {
      MDC.clear();
    }
  }

  private void answer(RoutingContext context, @Nullable Object body) {
    if (body == null) {
      context.response().setStatusCode(204).end();
    } else if (body instanceof Reply reply) {
      json(context, reply.status(), "application/json", reply.body());
    } else {
      json(context, 200, "application/json", body);
    }
  }

  private void json(RoutingContext context, int status, String type, Object body) {
    try {
      Buffer bytes = Buffer.buffer(json.writeValueAsBytes(body));
      context.response().setStatusCode(status).putHeader("content-type", type).end(bytes);
    } catch (JsonProcessingException e) {
      fail(context, e);
    }
  }

  /** Tells the caller what went wrong; only what is the server's own fault goes to the log. */
  void fail(RoutingContext context, Throwable failure) {
    if (failure instanceof InvalidInputException e) {
      problem(context, e.reason(), e.detail());
    } else if (failure instanceof LaneUnavailableException e) {
      problem(context, ReasonCode.STORAGE_UNAVAILABLE, String.valueOf(e.getMessage()));
    } else if (failure instanceof UncheckedIOException e) {
      fail(context, Objects.requireNonNull(e.getCause()));
    } else if (failure instanceof IOException e && !(e instanceof JsonProcessingException)) {
      // A disk or a store beside us, which the caller may try again.
      log.warn("{} {}: {}", context.request().method(), context.normalizedPath(), e.toString());
      problem(context, ReasonCode.STORAGE_UNAVAILABLE, String.valueOf(e.getMessage()));
    } else {
      log.error("{} {} failed", context.request().method(), context.normalizedPath(), failure);
      problem(context, ReasonCode.INTERNAL, "see the server's log");
    }
  }

  /** A problem after RFC 9457. */
  void problem(RoutingContext context, ReasonCode reason, String detail) {
    if (context.response().ended()) {
      return;
    }
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", "urn:foretell:reason:" + reason.name());
    problem.put("title", reason.meaning());
    problem.put("status", reason.httpStatus());
    problem.put("detail", detail);
    problem.put("reason", reason.name());
    if (reason == ReasonCode.NOT_AUTHENTICATED) {
      context.response().putHeader("www-authenticate", "Bearer realm=\"foretell\"");
    }
    json(context, reason.httpStatus(), "application/problem+json", problem);
  }
}
