package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.gateway.Downlink;
import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.Presence;
import io.foretell.gateway.downlink.protobuf.CommandForm;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.EndpointContext;
import org.jspecify.annotations.Nullable;

/**
 * Commands of the device that asks, {@code GET /v1/commands}. With Observe (RFC 7641): an empty
 * 2.05, then one confirmable notification a command. Without: the oldest command that waits, or an
 * empty 2.05. In Protobuf, or as proto3 JSON where the request accepts 50.
 *
 * <p>An observer whose address may be forged is pinged first; commands go there when it answers.
 */
final class CommandResource extends CoapResource {
  static final String VIA_OBSERVE = "coap-observe";

  /** Long: a registration stays until one of the two ends it, not until it is stale. */
  private static final long MAX_AGE = 24L * 3600;

  private static final long ONE_COMMAND_SECONDS = 2;
  private static final int CANCEL = 1;
  private static final int OBSERVE_BITS = 0xFFFFFF;

  private final KnownOnly known;
  private final Downlink downlink;
  private final Presence presence;
  private final AtomicInteger sequence = new AtomicInteger();
  private final Map<ObserveRelation, Observed> observers = new ConcurrentHashMap<>();
  private final ProvenAddresses proven;

  CommandResource(KnownOnly known, Downlink downlink, Presence presence, ProvenAddresses proven) {
    super("commands", true);
    this.proven = proven;
    this.known = known;
    this.downlink = downlink;
    this.presence = presence;
    setObservable(true);
    setObserveType(CoAP.Type.CON);
    getAttributes().addResourceType("foretell.commands");
    getAttributes().setObservable();
  }

  @Override
  public void handleGET(CoapExchange exchange) {
    ObserveRelation relation = exchange.advanced().getRelation();
    Observed observed = relation == null ? null : observers.get(relation);
    if (observed != null) {
      observed.observer.underWay().ifPresent(command -> notify(exchange, observed, command));
      return;
    }
    if (!acceptable(exchange)) {
      exchange.respond(ResponseCode.NOT_ACCEPTABLE);
      return;
    }
    known.serve(
        exchange,
        device -> {
          if (relation != null && !relation.isCanceled()) {
            register(exchange, device, relation);
          } else if (isCancel(exchange)) {
            exchange.respond(empty());
          } else {
            giveOne(exchange, device);
          }
        });
  }

  /**
   * The number of the next notification (RFC 7641 section 4.4). Californium counts where a whole
   * resource changes, but here each observer has commands of its own.
   */
  @Override
  public int getNotificationSequenceNumber() {
    return sequence.incrementAndGet() & OBSERVE_BITS;
  }

  @Override
  public void removeObserveRelation(ObserveRelation relation) {
    super.removeObserveRelation(relation);
    Observed observed = observers.remove(relation);
    if (observed != null) {
      observed.end("closed");
    }
  }

  /**
   * Ends the observations of a device, with a last notification that says why.
   *
   * @return whether there is one to be told; the notification may not have left yet
   */
  boolean cut(DeviceId device) {
    boolean observes = observers.values().stream().anyMatch(observed -> isOf(device, observed));
    clearAndNotifyObserveRelations(
        relation -> isOf(device, observers.get(relation)), ResponseCode.UNAUTHORIZED);
    return observes;
  }

  private static boolean isOf(DeviceId device, @Nullable Observed observed) {
    return observed != null && observed.observer.device().equals(device);
  }

  /** Ends all observations as the server stops. */
  void close() {
    observers.forEach(
        (relation, observed) -> {
          observers.remove(relation);
          observed.end("server-stopped");
        });
  }

  /** Asks every observer whether it is still there; one that does not answer is let go. */
  void check() {
    observers.keySet().forEach(relation -> ping(relation, () -> {}));
  }

  /**
   * Sends a CoAP ping, whose answer is a reset with its message id (RFC 7252 section 4.3); the
   * relation ends where none comes.
   */
  private static void ping(ObserveRelation relation, Runnable answered) {
    Request ping = Request.newPing();
    ping.setToken(Token.EMPTY);
    ping.setDestinationContext(relation.getExchange().getRequest().getSourceContext());
    ping.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onReject() {
            answered.run();
          }

          @Override
          public void onTimeout() {
            relation.cancel();
          }
        });
    relation.getExchange().getEndpoint().sendRequest(ping);
  }

  private void register(CoapExchange exchange, DeviceId device, ObserveRelation relation) {
    exchange.respond(empty());
    if (relation.isCanceled()) {
      return;
    }
    Observer observer = new Observer(device, relation);
    Observed observed = new Observed(observer);
    observers.put(relation, observed);
    presence.arrived(device, VIA_OBSERVE, observer.connection());
    EndpointContext peer = exchange.advanced().getRequest().getSourceContext();
    if (peer.getPeerIdentity() != null || proven.has(peer.getPeerAddress())) {
      observed.listen();
    } else {
      ping(
          relation,
          () -> {
            proven.add(peer.getPeerAddress());
            observed.listen();
          });
    }
    if (relation.isCanceled() && observers.remove(relation) != null) {
      observed.end("closed");
    }
  }

  private void notify(CoapExchange exchange, Observed observed, Command command) {
    Response response = content(exchange, command);
    response.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onAcknowledgement() {
            presence.seen(observed.observer.device(), CoapListener.VIA);
            observed.observer.acknowledged();
          }
        });
    exchange.respond(response);
  }

  /** A device that does not observe gets one command, and the next when it has answered. */
  private void giveOne(CoapExchange exchange, DeviceId device) {
    boolean waits =
        downlink.pending(device).stream().anyMatch(tracked -> tracked.state() != State.ACCEPTED);
    if (!waits) {
      exchange.respond(empty());
      return;
    }
    CompletableFuture<Command> first = new CompletableFuture<>();
    Downlink.Registration listening = downlink.listen(device, first::complete);
    CompletableFuture<Command> unused =
        first
            .orTimeout(ONE_COMMAND_SECONDS, TimeUnit.SECONDS)
            .whenComplete(
                (command, nothing) -> {
                  listening.close();
                  exchange.respond(command == null ? empty() : content(exchange, command));
                });
  }

  private static boolean acceptable(CoapExchange exchange) {
    if (!exchange.getRequestOptions().hasAccept()) {
      return true;
    }
    int accept = exchange.getRequestOptions().getAccept();
    return accept == ContentFormats.JSON
        || accept == ContentFormats.OCTET_STREAM
        || accept == ContentFormats.PROTOBUF;
  }

  private static boolean isCancel(CoapExchange exchange) {
    Integer observe = exchange.getRequestOptions().getObserve();
    return observe != null && observe == CANCEL;
  }

  private static Response content(CoapExchange exchange, Command command) {
    Response response = new Response(ResponseCode.CONTENT);
    response.getOptions().setMaxAge(MAX_AGE);
    if (exchange.getRequestOptions().isAccept(ContentFormats.JSON)) {
      response.setPayload(CommandForm.json(command).getBytes(UTF_8));
      response.getOptions().setContentFormat(ContentFormats.JSON);
    } else {
      response.setPayload(CommandForm.binary(command));
      boolean named = exchange.getRequestOptions().isAccept(ContentFormats.PROTOBUF);
      response
          .getOptions()
          .setContentFormat(named ? ContentFormats.PROTOBUF : ContentFormats.OCTET_STREAM);
    }
    return response;
  }

  private static Response empty() {
    Response response = new Response(ResponseCode.CONTENT);
    response.getOptions().setMaxAge(MAX_AGE);
    return response;
  }

  /** An observer with what it holds open. */
  private final class Observed {
    private final Observer observer;
    private Downlink.@Nullable Registration listening;
    private boolean ended;

    Observed(Observer observer) {
      this.observer = observer;
    }

    synchronized void listen() {
      if (!ended && listening == null) {
        listening = downlink.listen(observer.device(), observer);
      }
    }

    void end(String reason) {
      observer.end();
      synchronized (this) {
        ended = true;
        if (listening != null) {
          listening.close();
        }
      }
      presence.left(observer.device(), VIA_OBSERVE, observer.connection(), reason);
    }
  }
}
