package io.foretell.gateway.mqtt;

import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.mqtt.Sessions.Attached;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way from a CONNECT to its CONNACK: who is it, which session is it, and has the connection
 * that had the session before let go of it. One greets one connection, on its event loop.
 */
final class Greeter {
  private static final Logger log = LoggerFactory.getLogger(Greeter.class);

  private final Connection connection;
  private final Services services;
  private final AckLoop acks;

  /** When the connection that had the session before has let go of it. */
  private CompletableFuture<Void> predecessor = CompletableFuture.completedFuture(null);

  Greeter(Connection connection, Services services, AckLoop acks) {
    this.connection = connection;
    this.services = services;
    this.acks = acks;
  }

  /** See {@link Connection#released}: nobody may have the session before its last owner is gone. */
  CompletableFuture<Void> predecessor() {
    return predecessor;
  }

  void greet(MqttConnectMessage connect, Optional<InetAddress> from) {
    Handshake asked;
    try {
      asked = Handshake.of(connect, services.limits());
    } catch (ProtocolViolationException e) {
      refuse(connect.variableHeader().version(), e.code(), e.clause());
      return;
    }
    List<X509Certificate> chain = connection.chain();
    connection.pauseFor(
        () -> judge(asked, from, chain),
        judged -> judged(asked, judged),
        failure -> {
          log.warn("{} {}: {}", ReasonCode.INTERNAL, connection.id(), failure.toString());
          refuse(asked.version(), Code.SERVER_UNAVAILABLE, "authentication failed");
        });
  }

  /** Who it is, and the session that it may have had elsewhere. */
  private record Judged(Verdict verdict, Optional<Session> claimed) {}

  private Judged judge(Handshake asked, Optional<InetAddress> from, List<X509Certificate> chain) {
    Verdict verdict = asked.authenticate(services.identities(), from, chain);
    return new Judged(
        verdict,
        verdict instanceof Verdict.Known known
            ? services
                .sessions()
                .claim(new Session.Key(known.device(), asked.clientId()), services::waiting)
            : Optional.empty());
  }

  private void judged(Handshake asked, Judged judged) {
    Verdict verdict = judged.verdict();
    if (verdict instanceof Verdict.Refused refused) {
      boolean named = asked.userName().isPresent() && connection.chain().isEmpty();
      int code = Code.ofRefusal(refused.reason(), named);
      refuse(asked.version(), code, refused.reason() + " client '" + asked.clientId() + "'");
    } else if (verdict instanceof Verdict.Known known) {
      attach(asked, known.device(), judged.claimed());
    }
  }

  private void attach(Handshake asked, DeviceId device, Optional<Session> claimed) {
    Session.Key key = new Session.Key(device, asked.clientId());
    Optional<Attached> given =
        services.sessions().attach(key, connection, asked.cleanStart(), claimed);
    if (given.isEmpty()) {
      refuse(
          asked.version(),
          Code.CLIENT_ID_NOT_VALID,
          device + ": another device is connected as '" + asked.clientId() + "' [MQTT-3.1.3-2]");
      return;
    }
    Attached attached = given.get();
    Connection squatter = attached.squatter();
    if (squatter != null) {
      squatter.execute(squatter::displaced);
    }
    Client client = client(asked, attached.session());
    connection.arrived(client);
    Connection previous = attached.previous();
    if (previous == null) {
      accept(client, attached.present());
      return;
    }
    predecessor = previous.released();
    connection.pauseUntil(predecessor, () -> accept(client, attached.present()));
    previous.execute(previous::takenOver);
  }

  private Client client(Handshake asked, Session session) {
    DeviceId device = session.key().device();
    Inflow inflow = new Inflow(connection, device, services, session, acks, asked);
    Outflow outflow = new Outflow(connection, device, services, session, asked.peer());
    return new Client(asked, device, session, inflow, outflow);
  }

  private void accept(Client client, boolean present) {
    connection.keptBefore(
        client.session(),
        () -> welcome(client, present),
        () -> refuse(client.asked().version(), Code.SERVER_UNAVAILABLE, "session not kept"));
  }

  private void welcome(Client client, boolean present) {
    boolean tellsPresence = client.asked().version() > 3;
    services.counters().greeted().increment();
    connection.write(
        Replies.connAck(Code.SUCCESS, present && tellsPresence, client.asked().accepted()));
    connection.greeted(client);
    client.outflow().resume();
  }

  private void refuse(int version, int code, String why) {
    services.counters().refused().increment();
    log.info("refused {} {}: {}", connection.id(), connection.peer(), why);
    connection.write(Replies.refusal(version == 5 ? code : Code.legacyRefusal(code)));
    connection.end(-1, why);
  }
}
