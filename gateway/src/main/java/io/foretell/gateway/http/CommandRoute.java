package io.foretell.gateway.http;

import io.foretell.gateway.Downlink;
import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.downlink.protobuf.CommandForm;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Commands, {@code GET /v1/commands?wait=30}: at once where some wait, otherwise as soon as one
 * comes, and 204 where none came in that many seconds. What the device has not answered yet comes
 * again with the next poll, so it answers ACCEPTED before it begins with something long.
 */
final class CommandRoute {
  static final String JSON = "application/json";
  static final String PROTOBUF = "application/x-protobuf";
  static final String PROTOBUF_REGISTERED = "application/protobuf";

  /** Milliseconds that commands which wait may need from the downlink to here. */
  private static final long AT_ONCE = 2000;

  private final Vertx vertx;
  private final Downlink downlink;
  private final long maxWait;
  private final Map<DeviceId, Set<CommandPoll>> open = new ConcurrentHashMap<>();

  CommandRoute(Vertx vertx, Downlink downlink, HttpSettings settings) {
    this.vertx = vertx;
    this.downlink = downlink;
    this.maxWait = settings.maxWait().toMillis();
  }

  Future<Void> serve(RoutingContext context, DeviceId device) {
    long wait = wait(Callers.query(context.request(), "wait"));
    return vertx
        .executeBlocking(() -> waits(device), false)
        .compose(some -> poll(context, device, some ? Math.max(AT_ONCE, wait) : wait))
        .compose(commands -> answer(context, commands));
  }

  private boolean waits(DeviceId device) {
    return downlink.pending(device).stream().anyMatch(tracked -> tracked.state() != State.ACCEPTED);
  }

  /** Ends the polls of a device: its secrets are void. */
  void cut(DeviceId device) {
    open.getOrDefault(device, Set.of())
        .forEach(
            poll -> poll.fail(new InvalidInputException(ReasonCode.NOT_AUTHENTICATED, "revoked")));
  }

  private Future<List<Command>> poll(RoutingContext context, DeviceId device, long wait) {
    if (wait == 0) {
      return Future.succeededFuture(List.of());
    }
    CommandPoll poll = new CommandPoll(vertx);
    open.computeIfAbsent(device, d -> ConcurrentHashMap.newKeySet()).add(poll);
    Downlink.Registration listening = downlink.listen(device, poll);
    long timer = vertx.setTimer(wait, late -> poll.end());
    context.response().closeHandler(gone -> poll.end());
    return poll.answer()
        .onComplete(
            ended -> {
              vertx.cancelTimer(timer);
              listening.close();
              open.computeIfPresent(
                  device,
                  (d, polls) -> {
                    polls.remove(poll);
                    return polls.isEmpty() ? null : polls;
                  });
            });
  }

  private static Future<Void> answer(RoutingContext context, List<Command> commands) {
    HttpServerResponse response = context.response();
    if (response.closed()) {
      return Future.succeededFuture();
    }
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (commands.isEmpty()) {
      return response.setStatusCode(204).end();
    }
    String type = context.getAcceptableContentType();
    boolean binary = PROTOBUF.equals(type) || PROTOBUF_REGISTERED.equals(type);
    return response
        .putHeader(HttpHeaders.CONTENT_TYPE, binary ? type : JSON)
        .end(
            binary
                ? Buffer.buffer(CommandForm.delimited(commands))
                : Buffer.buffer(CommandForm.jsonArray(commands)));
  }

  private long wait(@Nullable String seconds) {
    if (seconds == null) {
      return 0;
    }
    try {
      long asked = Math.multiplyExact(Long.parseLong(seconds), 1000L);
      return Math.max(0, Math.min(asked, maxWait));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "wait is a number of seconds");
    }
  }
}
