package io.foretell.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.gateway.Door;
import io.foretell.gateway.Door.Receipt;
import io.foretell.gateway.Route;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.util.concurrent.CompletionStage;

/** Where devices post: hands the body to the door and answers 204 when it is on disk. */
final class UplinkRoute {
  static final String VIA = "http";

  private final Vertx vertx;
  private final Door door;
  private final int maxBody;

  UplinkRoute(Vertx vertx, Door door, HttpSettings settings) {
    this.vertx = vertx;
    this.door = door;
    this.maxBody = settings.maxBody();
  }

  Future<Void> serve(RoutingContext context, DeviceId device) {
    String path = path(context);
    return body(context)
        .compose(payload -> take(context, device, path, payload))
        .compose(receipt -> answer(context, receipt));
  }

  private Future<byte[]> body(RoutingContext context) {
    return context.body().buffer() != null
        ? Future.succeededFuture(context.body().buffer().getBytes())
        : Body.read(context.request(), maxBody);
  }

  /** For a child the door may have to ask the register, which blocks at its first message. */
  private Future<Receipt> take(
      RoutingContext context, DeviceId device, String path, byte[] payload) {
    String stated = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
    String type = stated == null ? "" : stated;
    Context loop = vertx.getOrCreateContext();
    boolean child = Route.parse(path).flatMap(Route::child).isPresent();
    Future<CompletionStage<Receipt>> taken =
        child
            ? vertx.executeBlocking(() -> door.take(device, path, type, VIA, payload), false)
            : Future.succeededFuture(door.take(device, path, type, VIA, payload));
    return taken.compose(stage -> Future.fromCompletionStage(stage, loop));
  }

  private static Future<Void> answer(RoutingContext context, Receipt receipt) {
    if (receipt instanceof Receipt.Stored) {
      return context.response().setStatusCode(204).end();
    }
    if (receipt instanceof Receipt.Rejected rejected) {
      return Future.failedFuture(new InvalidInputException(rejected.reason(), rejected.detail()));
    }
    Receipt.Unavailable unavailable = (Receipt.Unavailable) receipt;
    return Future.failedFuture(
        new InvalidInputException(unavailable.reason(), unavailable.detail()));
  }

  /** The path with its escapes resolved: {@code %3A} is a colon in a device's name. */
  private static String path(RoutingContext context) {
    try {
      return URLDecoder.decode(context.normalizedPath().replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "the path has a broken escape");
    }
  }
}
