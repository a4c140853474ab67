package io.foretell.gateway.http;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A refusal as {@code application/problem+json} (RFC 9457), with the reason code's name as {@code
 * reason}.
 */
final class Problem {
  private static final Logger log = LoggerFactory.getLogger(Problem.class);
  private static final String TYPE = "urn:foretell:reason:";

  /** Seconds after which a device that was sent away may come again. */
  private static final String RETRY_AFTER = "10";

  private static final Iterable<String> CHALLENGES =
      List.of("Bearer realm=\"foretell\"", "Basic realm=\"foretell\", charset=\"UTF-8\"");

  private Problem() {}

  /** Answers with what went wrong; a failure nobody foresaw is ours, not the sender's. */
  static void answer(RoutingContext context, Throwable failure) {
    if (context.response().closed()) {
      log.debug("the peer of {} has gone: {}", context.request().path(), failure.getMessage());
    } else if (failure instanceof InvalidInputException invalid) {
      answer(context, invalid.reason(), invalid.detail());
    } else if (failure instanceof IOException) {
      log.warn("{} failed: {}", context.request().path(), failure.getMessage());
      answer(context, ReasonCode.STORAGE_UNAVAILABLE, "");
    } else {
      log.error("{} failed", context.request().path(), failure);
      answer(context, ReasonCode.INTERNAL, "");
    }
  }

  static void answer(RoutingContext context, ReasonCode reason, String detail) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    JsonObject body =
        new JsonObject()
            .put("type", TYPE + reason.name())
            .put("title", reason.meaning())
            .put("status", reason.httpStatus())
            .put("reason", reason.name());
    if (!detail.isEmpty()) {
      body.put("detail", detail);
    }
    headers(response, reason);
    response
        .setStatusCode(reason.httpStatus())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    Future<Void> sent = response.end(body.toBuffer());
    sent.onFailure(e -> log.debug("the peer did not wait for its refusal: {}", e.getMessage()));
  }

  private static void headers(HttpServerResponse response, ReasonCode reason) {
    switch (reason.httpStatus()) {
      case 401 -> response.putHeader("WWW-Authenticate", CHALLENGES);
      case 413 -> response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      case 415 -> response.putHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
      case 429, 503 -> response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
      default -> {
        // the body says it all
      }
    }
  }
}
