package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door;
import io.foretell.gateway.Door.Receipt;
import io.foretell.proto.Delivery;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one connection on their way to the lanes. Acknowledgements leave in the order in
 * which the messages came [MQTT-4.6.0-2] [MQTT-4.6.0-3], none before its message is on disk, and as
 * many in one write as there are. Used on the connection's event loop only.
 */
final class Inflow implements PacketGuard.Taker {
  private static final String VIA = "mqtt";

  private final Connection connection;
  private final DeviceId device;
  private final Door door;
  private final Session session;
  private final MqttLimits limits;
  private final AckLoop acks;
  private final boolean version5;
  private final boolean reasonStrings;

  private final ArrayDeque<Pending> order = new ArrayDeque<>();
  private final Map<Integer, String> aliases = new HashMap<>();

  /** Messages of QoS 2 in {@link #order} whose identifiers are not noted. */
  private int unnoted;

  /** Up to which number the session's messages of QoS 2 are noted on disk. */
  private long durablyNoted;

  private int inFlight;
  private long inFlightBytes;
  private boolean touched;
  private boolean stopped;

  Inflow(
      Connection connection,
      DeviceId device,
      Services services,
      Session session,
      AckLoop acks,
      Handshake asked) {
    this.connection = connection;
    this.device = device;
    this.door = services.door();
    this.session = session;
    this.limits = services.limits();
    this.acks = acks;
    this.version5 = asked.version() == 5;
    this.reasonStrings = asked.reasonStrings();
    this.durablyNoted = session.noted();
  }

  /** Whether there is so much under way that no more should be read. */
  boolean full() {
    return inFlight >= limits.maxInFlight() || inFlightBytes >= limits.maxInFlightBytes();
  }

  /** Takes a PUBLISH; its payload is copied. */
  void publish(MqttPublishMessage message) {
    MqttPublishVariableHeader header = message.variableHeader();
    String contentType =
        header.properties().isEmpty()
            ? ""
            : Properties5.text(header.properties(), MqttProperties.CONTENT_TYPE).orElse("");
    publish(
        topic(header),
        contentType,
        message.fixedHeader().qosLevel().value(),
        header.packetId(),
        message.fixedHeader().isDup(),
        ByteBufUtil.getBytes(message.payload()));
  }

  @Override
  public boolean ready(String topic) {
    return connection.takes(topic);
  }

  @Override
  public void take(String topic, int qos, int packetId, byte[] payload) {
    connection.reads();
    try {
      publish(topic, "", qos, packetId, false, payload);
    } catch (ProtocolViolationException e) {
      connection.violated(e);
    }
  }

  @Override
  public void readComplete() {
    connection.readCompleted();
  }

  /**
   * Takes a message.
   *
   * @param packetId of no meaning with QoS 0
   * @param again whether the client says that it may have sent it before (DUP)
   * @param payload its own from now on
   */
  private void publish(
      String topic, String contentType, int qos, int packetId, boolean again, byte[] payload) {
    if (qos > 0 && isRepeated(packetId, qos)) {
      return;
    }
    Pending pending = new Pending(this, packetId, qos, payload.length);
    if (qos > 0) {
      order.add(pending);
      unnoted += qos - 1;
    }
    inFlight++;
    inFlightBytes += payload.length;
    CompletionStage<Receipt> taken =
        qos == 2
            ? door.take(device, topic, contentType, VIA, payload, delivery(packetId, again))
            : door.take(device, topic, contentType, VIA, payload);
    taken.whenComplete((receipt, failure) -> acks.settle(pending, orUnavailable(receipt, failure)));
  }

  /** What tells whether it is stored already when it comes and its identifier is not known. */
  private Delivery delivery(int packetId, boolean again) {
    return new Delivery(session.id(), packetId, session.noted() + unnoted, durablyNoted, again);
  }

  /**
   * PUBREL: the client will not send that message again (4.3.3). It may use the identifier anew
   * once it has the answer, so by then nobody may take it for used, not even after a restart.
   */
  void release(int packetId) {
    boolean known = session.received().remove(packetId);
    int answer = known || !version5 ? Code.SUCCESS : Code.PACKET_ID_NOT_FOUND;
    connection.kept(session, () -> connection.write(Replies.pubComp(packetId, answer)));
  }

  /** No more acknowledgements: the connection ends. */
  void stop() {
    stopped = true;
    order.clear();
  }

  /**
   * Takes note of a receipt, on the event loop; true where it is the first since the last write.
   */
  boolean settled(Pending pending) {
    pending.done = true;
    inFlight--;
    inFlightBytes -= pending.bytes;
    boolean first = !touched;
    touched = true;
    return first;
  }

  /** A receipt that came on the event loop itself, perhaps while a read is being worked through. */
  void settledHere(Pending pending) {
    if (settled(pending) && !connection.reading()) {
      acknowledge();
    }
  }

  /** Whether receipts wait for the end of the read. */
  boolean touched() {
    return touched;
  }

  /** Writes the acknowledgements of all messages that are done and have none undone before them. */
  void acknowledge() {
    touched = false;
    if (stopped) {
      return;
    }
    noteReceived();
    ByteBuf out = null;
    Receipt.Unavailable unavailable = null;
    for (Pending head = order.peek();
        head != null && head.done && unavailable == null;
        head = order.peek()) {
      order.poll();
      if (head.receipt instanceof Receipt.Unavailable notStored && !tellsWhy(notStored)) {
        unavailable = notStored;
      } else {
        out = out == null ? connection.buffer() : out;
        writeAck(out, head);
      }
    }
    if (out != null) {
      connection.writeBytes(out);
    }
    if (unavailable != null) {
      connection.endUnstored(unavailable);
    } else {
      connection.adjustReading();
    }
  }

  /**
   * A QoS 2 message that is stored must not be stored again when the client repeats it, whatever
   * happens: its identifier is kept before its PUBREC goes out.
   */
  private void noteReceived() {
    if (unnoted == 0) {
      return;
    }
    List<Pending> noting = new ArrayList<>();
    for (Pending head : order) {
      if (!head.done) {
        break;
      }
      if (head.qos == 2 && !head.noted) {
        noting.add(head);
        note(head);
      }
    }
    if (noting.isEmpty()) {
      return; // what was noted before may still be on its way to the disk
    }
    CompletableFuture<Void> durable = connection.keep(session);
    long upTo = session.noted();
    if (durable.isDone() && !durable.isCompletedExceptionally()) {
      durablyNoted = upTo;
      return;
    }
    noting.forEach(one -> one.done = false);
    connection.after(
        durable,
        () -> {
          durablyNoted = upTo;
          noting.forEach(one -> one.done = true);
          acknowledge();
        });
  }

  private void note(Pending pending) {
    pending.noted = true;
    unnoted--;
    session.note();
    boolean stored = !(pending.receipt instanceof Receipt.Unavailable);
    if (stored && codeOf(pending) < Code.UNSPECIFIED) {
      session.received().add(pending.packetId);
    }
  }

  private void writeAck(ByteBuf out, Pending pending) {
    int code = codeOf(pending);
    int type = pending.qos == 1 ? Replies.PUBACK : Replies.PUBREC;
    if (code == Code.SUCCESS) {
      Replies.writeAck(out, type, pending.packetId);
    } else if (pending.receipt instanceof Receipt.Unavailable notTaken) {
      String why = reasonStrings ? notTaken.reason() + ": " + notTaken.detail() : "";
      Replies.writeAck(out, type, pending.packetId, code, why);
    } else if (pending.receipt instanceof Receipt.Rejected rejected) {
      String why = reasonStrings ? rejected.reason() + ": " + rejected.detail() : "";
      Replies.writeAck(out, type, pending.packetId, code, why);
    }
  }

  private int codeOf(Pending pending) {
    if (version5 && pending.receipt instanceof Receipt.Rejected rejected) {
      return Code.ofReject(rejected.reason());
    }
    return pending.receipt instanceof Receipt.Unavailable ? Code.QUOTA_EXCEEDED : Code.SUCCESS;
  }

  /**
   * Whether a message that was not taken is answered with 0x97, which only MQTT 5 has. Otherwise
   * the connection ends without an answer, so that the client sends it again later.
   */
  private boolean tellsWhy(Receipt.Unavailable notTaken) {
    return version5
        && (notTaken.reason() == ReasonCode.QUOTA_EXCEEDED
            || notTaken.reason() == ReasonCode.OVERLOADED);
  }

  private String topic(MqttPublishVariableHeader header) {
    String topic = header.topicName();
    if (header.properties().isEmpty()) {
      return topic;
    }
    Integer alias =
        Properties5.number(header.properties(), MqttProperties.TOPIC_ALIAS)
            .map(Long::intValue)
            .orElse(0);
    if (alias == 0) {
      return topic;
    }
    if (!topic.isEmpty()) {
      aliases.put(alias, topic);
      return topic;
    }
    String known = aliases.get(alias);
    if (known == null) {
      throw ProtocolViolationException.error("topic alias " + alias + " not set (3.3.2.3.4)");
    }
    return known;
  }

  /** Handles a packet identifier that is in use, and one too many. */
  private boolean isRepeated(int packetId, int qos) {
    if (qos == 2 && session.received().contains(packetId)) {
      Pending again = new Pending(this, packetId, qos, 0);
      again.done = true;
      again.noted = true;
      order.add(again);
      touched = true;
      return true;
    }
    if (qos == 2 && order.stream().anyMatch(p -> p.qos == 2 && p.packetId == packetId)) {
      return true; // its PUBREC is still to come
    }
    int unreleased = session.received().size();
    boolean tooMany =
        version5
            ? order.size() + unreleased >= limits.maxInFlight()
            : qos == 2 && unreleased >= limits.maxInFlight();
    if (tooMany) {
      throw new ProtocolViolationException(
          Code.RECEIVE_MAXIMUM_EXCEEDED, "more than Receive Maximum under way [MQTT-3.3.4-9]");
    }
    return false;
  }

  private static Receipt orUnavailable(@Nullable Receipt receipt, @Nullable Throwable failure) {
    return receipt != null
        ? receipt
        : new Receipt.Unavailable(ReasonCode.INTERNAL, String.valueOf(failure));
  }

  /** A message that is not yet acknowledged. */
  static final class Pending {
    private final Inflow inflow;
    private final int packetId;
    private final int qos;
    private final int bytes;
    private @Nullable Receipt receipt;
    private boolean done;

    /** Whether its identifier is among those that the session has received (QoS 2). */
    private boolean noted;

    Pending(Inflow inflow, int packetId, int qos, int bytes) {
      this.inflow = inflow;
      this.packetId = packetId;
      this.qos = qos;
      this.bytes = bytes;
    }

    Inflow inflow() {
      return inflow;
    }

    void receipt(Receipt receipt) {
      this.receipt = receipt;
    }
  }
}
