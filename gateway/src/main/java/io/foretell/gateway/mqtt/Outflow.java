package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.gateway.Downlink;
import io.foretell.gateway.downlink.protobuf.CommandForm;
import io.foretell.gateway.mqtt.Session.Outgoing;
import io.foretell.gateway.mqtt.Session.Subscription;
import io.foretell.gateway.sparkplug.SparkplugTopic;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.UplinkKind;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.BinaryProperty;
import io.netty.handler.codec.mqtt.MqttProperties.IntegerProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringProperty;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperty;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands on their way to one connection, and its subscriptions. A device may subscribe to its own
 * commands and to nothing else; whatever else it asks for is refused filter by filter, so nothing
 * of another device can reach it. But for {@link #deliver}, used on the event loop only.
 */
final class Outflow implements Downlink.Receiver {
  static final String JSON_TYPE = "application/json";
  static final String PROTOBUF_TYPE = "application/x-protobuf";
  private static final String REPLIES = "v1/" + UplinkKind.REPLIES.route();
  private static final Logger log = LoggerFactory.getLogger(Outflow.class);

  /** Commands that wait for room in the client's receive window. */
  private static final int MAX_BACKLOG = 256;

  /** Commands under way at once, where the client would take more. */
  private static final int MAX_WINDOW = 64;

  /** Bytes of header, topic and properties beside the command's own words. */
  private static final long MAX_AROUND = 160;

  private final Connection connection;
  private final DeviceId device;
  private final Downlink downlink;
  private final InstantSource clock;
  private final Session session;
  private final Peer peer;

  private final ArrayDeque<Command> waiting = new ArrayDeque<>();
  private final AtomicInteger backlog = new AtomicInteger();
  private Downlink.@Nullable Registration listening;
  private int generation;
  private boolean listens;
  private volatile boolean stopped;

  /**
   * What the client said of itself.
   *
   * @param receiveMaximum messages of QoS 1 and 2 that it takes at once (3.1.2.11.3)
   * @param maxPacket bytes of the largest packet that it takes (3.1.2.11.4)
   */
  record Peer(boolean version5, int receiveMaximum, long maxPacket) {}

  Outflow(Connection connection, DeviceId device, Services services, Session session, Peer peer) {
    this.connection = connection;
    this.device = device;
    this.downlink = services.downlink();
    this.clock = services.clock();
    this.session = session;
    this.peer = peer;
  }

  /** After CONNACK: what was not acknowledged goes out again [MQTT-4.4.0-1]. */
  void resume() {
    long now = clock.millis();
    session
        .unacknowledged()
        .values()
        .removeIf(o -> !o.released() && o.command().expiresAt() <= now);
    session
        .unacknowledged()
        .forEach(
            (packetId, outgoing) -> {
              if (outgoing.released()) {
                connection.write(Replies.pubRel(packetId, Code.SUCCESS));
              } else {
                publish(outgoing.command(), outgoing.subscription(), packetId, true);
              }
            });
    listenOrNot();
  }

  /** SUBSCRIBE. */
  void subscribe(MqttSubscribeMessage message) {
    MqttProperties properties = message.idAndPropertiesVariableHeader().properties();
    int identifier =
        Properties5.number(properties, MqttProperties.SUBSCRIPTION_IDENTIFIER)
            .map(Long::intValue)
            .orElse(0);
    boolean json = Properties5.hasUser(properties, "content-type", JSON_TYPE);
    List<Integer> codes = new ArrayList<>();
    for (MqttTopicSubscription asked : message.payload().topicSubscriptions()) {
      codes.add(subscribe(asked, json, identifier));
    }
    int packetId = message.variableHeader().messageId();
    connection.kept(
        session,
        () -> {
          connection.write(Replies.subAck(packetId, codes));
          listenOrNot();
        });
  }

  private int subscribe(MqttTopicSubscription asked, boolean json, int identifier) {
    String filter = asked.topicFilter();
    int qos = asked.option().qos().value();
    if (SparkplugTopic.mayListen(filter, device)) {
      return qos; // what is published there goes with QoS 0, but stock clients insist on theirs
    }
    if (!Subscription.allowed(filter)) {
      log.info("NOT_AUTHORISED {} subscribes to '{}'", device, filter);
      return refusal(filter);
    }
    boolean asJson = json || filter.equals(Subscription.JSON_FILTER);
    session.subscribe(new Subscription(filter, qos, asJson, identifier));
    return qos;
  }

  private int refusal(String filter) {
    if (!peer.version5()) {
      return Code.UNSPECIFIED; // the one failure code of 3.1.1 (3.9.3)
    }
    if (filter.startsWith("$share/")) {
      return Code.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
    }
    boolean wildcard = filter.indexOf('#') >= 0 || filter.indexOf('+') >= 0;
    return wildcard ? Code.WILDCARDS_NOT_SUPPORTED : Code.NOT_AUTHORISED;
  }

  /** UNSUBSCRIBE. */
  void unsubscribe(MqttUnsubscribeMessage message) {
    List<Short> codes = new ArrayList<>();
    for (String filter : message.payload().topics()) {
      boolean was = session.unsubscribe(filter);
      codes.add((short) (was ? Code.SUCCESS : Code.NO_SUBSCRIPTION_EXISTED));
    }
    int packetId = message.variableHeader().messageId();
    connection.kept(
        session,
        () -> {
          connection.write(Replies.unsubAck(packetId, codes));
          listenOrNot();
        });
  }

  /** PUBACK or PUBCOMP. */
  void acknowledged(int packetId) {
    if (session.unacknowledged().remove(packetId) != null) {
      connection.kept(session, this::pump);
    }
  }

  /** PUBREC (4.3.3). */
  void received(int packetId, int code) {
    Outgoing outgoing = session.unacknowledged().get(packetId);
    if (code >= Code.UNSPECIFIED) {
      acknowledged(packetId);
      return;
    }
    if (outgoing != null) {
      session.unacknowledged().put(packetId, outgoing.release());
    }
    boolean known = outgoing != null || !peer.version5();
    int answer = known ? Code.SUCCESS : Code.PACKET_ID_NOT_FOUND;
    connection.kept(session, () -> connection.write(Replies.pubRel(packetId, answer)));
  }

  /** The connection ends: what was not acknowledged stays in the session and in the downlink. */
  void stop() {
    stopped = true;
    waiting.clear();
    stopListening();
  }

  @Override
  public boolean deliver(Command command) {
    if (stopped || command.expiresAt() <= clock.millis() || backlog.get() >= MAX_BACKLOG) {
      return false;
    }
    backlog.incrementAndGet();
    return connection.execute(() -> offer(command));
  }

  private void offer(Command command) {
    boolean waits = waiting.stream().anyMatch(c -> c.id().equals(command.id()));
    if (stopped || waits || session.underWay(command.id())) {
      backlog.decrementAndGet();
      return;
    }
    waiting.add(command);
    pump();
  }

  private void pump() {
    int window = Math.min(peer.receiveMaximum(), MAX_WINDOW);
    while (!waiting.isEmpty() && session.unacknowledged().size() < window) {
      Optional<Subscription> subscription = session.forCommands();
      Command command = waiting.remove();
      backlog.decrementAndGet();
      if (subscription.isPresent() && command.expiresAt() > clock.millis()) {
        send(command, subscription.get());
      }
    }
  }

  private void send(Command command, Subscription subscription) {
    int packetId = 0;
    if (subscription.qos() > 0) {
      packetId = session.newPacketId();
      session.unacknowledged().put(packetId, new Outgoing(command, subscription, false));
      int id = packetId;
      connection.kept(session, () -> publish(command, subscription, id, false));
    } else {
      publish(command, subscription, packetId, false);
    }
  }

  private void publish(Command command, Subscription subscription, int packetId, boolean again) {
    byte[] payload =
        subscription.json()
            ? CommandForm.json(command).getBytes(UTF_8)
            : CommandForm.binary(command);
    long around = MAX_AROUND + 2L * command.id().length() + command.verb().length();
    if (payload.length + around > peer.maxPacket()) {
      // [MQTT-3.1.2-24] [MQTT-3.1.2-25]: not sent, and from here on as if it had been
      log.warn("TOO_LARGE command {} for {}", command.id(), device);
      session.unacknowledged().remove(packetId);
      return;
    }
    MqttQoS qos = MqttQoS.valueOf(subscription.qos());
    connection.write(
        new MqttPublishMessage(
            new MqttFixedHeader(MqttMessageType.PUBLISH, again, qos, false, 0),
            new MqttPublishVariableHeader(
                subscription.filter(), packetId, properties(command, subscription)),
            Unpooled.wrappedBuffer(payload)));
  }

  private MqttProperties properties(Command command, Subscription subscription) {
    if (!peer.version5()) {
      return MqttProperties.NO_PROPERTIES;
    }
    MqttProperties properties = new MqttProperties();
    long left = Math.max(1, (command.expiresAt() - clock.millis()) / 1000);
    int seconds = (int) Math.min(left, 0xFFFF_FFFFL);
    properties.add(new IntegerProperty(MqttProperties.PUBLICATION_EXPIRY_INTERVAL, seconds));
    String type = subscription.json() ? JSON_TYPE : PROTOBUF_TYPE;
    properties.add(new StringProperty(MqttProperties.CONTENT_TYPE, type));
    properties.add(new StringProperty(MqttProperties.RESPONSE_TOPIC, REPLIES));
    properties.add(
        new BinaryProperty(MqttProperties.CORRELATION_DATA, command.id().getBytes(UTF_8)));
    properties.add(new UserProperty("verb", command.verb()));
    if (subscription.identifier() > 0) {
      properties.add(
          new IntegerProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER, subscription.identifier()));
    }
    return properties;
  }

  private void listenOrNot() {
    boolean wanted = session.forCommands().isPresent() && !stopped;
    if (wanted && !listens) {
      startListening();
    } else if (!wanted && listens) {
      stopListening();
    }
  }

  /** The downlink may have to read its disk first, so it is asked on a worker thread. */
  private void startListening() {
    listens = true;
    int mine = ++generation;
    connection.blocking(
        () -> downlink.listen(device, this),
        handle -> {
          if (mine == generation) {
            listening = handle;
          } else {
            close(handle);
          }
        },
        failure -> log.warn("{} cannot listen for commands: {}", device, failure.toString()));
  }

  private void stopListening() {
    listens = false;
    generation++;
    Downlink.Registration handle = listening;
    listening = null;
    if (handle != null) {
      close(handle);
    }
  }

  private void close(Downlink.Registration handle) {
    connection.blocking(
        () -> {
          handle.close();
          return device;
        },
        done -> {},
        failure -> log.warn("{} cannot stop listening: {}", device, failure.toString()));
  }
}
