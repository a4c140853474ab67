package io.foretell.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.gateway.identity.Registry;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/claim} with {@code {"code": …}}: a device changes its claim code for its secrets,
 * once. Nobody else may ask, so it needs no other credentials.
 */
public final class ClaimRoute {
  private static final Logger log = LoggerFactory.getLogger(ClaimRoute.class);
  private static final int LARGEST = 4096;

  private final Vertx vertx;
  private final Registry registry;
  private final ObjectMapper json = new ObjectMapper();

  /** For devices of this register. */
  public ClaimRoute(Vertx vertx, Registry registry) {
    this.vertx = vertx;
    this.registry = registry;
  }

  /** Adds the route; before those that take every path below {@code /v1}. */
  public void mount(Router router) {
    router
        .post("/v1/claim")
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST))
        .handler(this::claim);
  }

  private void claim(RoutingContext context) {
    Buffer body = context.body().buffer();
    byte[] bytes = body == null ? new byte[0] : body.getBytes();
    vertx
        .executeBlocking(() -> IdentityApi.issued(registry.claim(code(bytes))), false)
        .onSuccess(issued -> answer(context, 200, "application/json", issued))
        .onFailure(failure -> refuse(context, failure));
  }

  private String code(byte[] body) {
    try {
      return json.readTree(body).path("code").asText("");
    } catch (IOException e) {
      throw new InvalidInputException(ReasonCode.MALFORMED_JSON, "the body is {\"code\": …}");
    }
  }

  private void refuse(RoutingContext context, Throwable failure) {
    ReasonCode reason =
        failure instanceof InvalidInputException e ? e.reason() : ReasonCode.STORAGE_UNAVAILABLE;
    if (!(failure instanceof InvalidInputException)) {
      log.warn("a claim failed: {}", failure.toString());
    }
    Map<String, Object> problem =
        Map.of(
            "type", "urn:foretell:reason:" + reason.name(),
            "title", reason.meaning(),
            "status", reason.httpStatus(),
            "reason", reason.name());
    answer(context, reason.httpStatus(), "application/problem+json", problem);
  }

  private void answer(RoutingContext context, int status, String type, Map<String, Object> body) {
    try {
      var unused =
          context
              .response()
              .setStatusCode(status)
              .putHeader(HttpHeaders.CONTENT_TYPE, type)
              .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
              .end(Buffer.buffer(json.writeValueAsBytes(body)));
    } catch (JsonProcessingException e) {
      context.fail(e);
    }
  }
}
