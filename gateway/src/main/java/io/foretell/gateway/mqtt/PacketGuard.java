package io.foretell.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The strict guard before Netty's decoder: cuts the stream into packets, judges each by its bytes,
 * and lets only whole and correct ones through, as many at once as were read. Behind the decoder
 * much could no longer be seen (ill-formed UTF-8, reserved bits, properties out of place), and much
 * would have been allocated.
 *
 * <p>A PUBLISH like the one before it, with the same topic and no properties, has nothing left to
 * be decoded: it goes straight to whoever takes it, in its place among the others.
 *
 * <p>At the first violation it raises a {@link ProtocolViolationException} as an event and from
 * then on throws away what comes.
 */
final class PacketGuard extends ChannelInboundHandlerAdapter {
  private static final int MAX_HEADER = 5;

  /** The client says that it may have sent it before (3.3.1.1); rare, so it goes the long way. */
  private static final int DUP = 1 << 3;

  /** Longer topics are not remembered: each connection would keep one. */
  private static final int MAX_KNOWN_TOPIC = 128;

  /** Who takes a PUBLISH that needs no decoding. */
  interface Taker {
    /** Whether it takes one of that topic now; where not, it goes the long way. */
    boolean ready(String topic);

    /**
     * Takes a PUBLISH without properties that was not sent before.
     *
     * @param packetId 0 with QoS 0
     * @param payload its own
     */
    void take(String topic, int qos, int packetId, byte[] payload);

    /** A read ends of which he has had all. */
    void readComplete();
  }

  private final MqttLimits limits;
  private final Cursor cursor = new Cursor();
  private final PacketRules rules;
  private @Nullable ByteBuf partial;
  private @Nullable ChannelHandlerContext here;
  private @Nullable Taker taker;
  private String knownTopic = "";

  /** Whether something of this read was handed straight on. */
  private boolean handed;

  /** Whether something of this read went the long way. */
  private boolean passed;

  private boolean deaf;

  PacketGuard(MqttLimits limits) {
    this.limits = limits;
    this.rules = new PacketRules(cursor, limits.topicAliasMaximum());
  }

  /** From now on hands what needs no decoding to him. */
  void handTo(Taker who) {
    taker = who;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    here = ctx;
  }

  /** Where bytes are written and flushed that no encoder has to see; null in no pipeline. */
  @Nullable ChannelHandlerContext place() {
    return here;
  }

  /** From now on throws away what comes. */
  void turnDeaf() {
    deaf = true;
    release();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf read)) {
      ctx.fireChannelRead(message);
      return;
    }
    if (deaf) {
      read.release();
      return;
    }
    ByteBuf in = joined(read);
    ProtocolViolationException violation = null;
    int good = in.readerIndex();
    try {
      for (int next = good; next >= 0 && !deaf; next = packet(ctx, in, good)) {
        good = next;
      }
    } catch (ProtocolViolationException e) {
      violation = e;
    } finally {
      cursor.leave();
    }
    if (deaf) {
      in.release();
      return;
    }
    pass(ctx, in, good, violation == null);
    if (violation != null) {
      turnDeaf();
      ctx.fireUserEventTriggered(violation);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Taker who = taker;
    boolean all = handed && !passed;
    handed = false;
    passed = false;
    if (all && who != null) {
      who.readComplete();
    } else {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  private ByteBuf joined(ByteBuf read) {
    ByteBuf before = partial;
    if (before == null) {
      return read;
    }
    partial = null;
    before.writeBytes(read);
    read.release();
    return before;
  }

  /** Lets everything before {@code good} through and keeps the rest for the next read. */
  private void pass(ChannelHandlerContext ctx, ByteBuf in, int good, boolean keepRest) {
    boolean nothing = good == in.readerIndex();
    boolean all = good == in.writerIndex();
    if (nothing && keepRest && in.isReadable()) {
      partial = ownedTail(ctx, in, good);
      return;
    }
    if (!all && keepRest) {
      partial = ctx.alloc().buffer(in.writerIndex() - good);
      partial.writeBytes(in, good, in.writerIndex() - good);
    }
    if (nothing) {
      in.release();
    } else {
      passed = true;
      ctx.fireChannelRead(all ? in : in.writerIndex(good));
    }
  }

  /**
   * A buffer that may grow while a packet comes in over many reads. It grows with what has come,
   * not with what the peer says will come.
   */
  private static ByteBuf ownedTail(ChannelHandlerContext ctx, ByteBuf in, int from) {
    if (in.maxCapacity() == Integer.MAX_VALUE && in.readerIndex() == 0 && in.refCnt() == 1) {
      return in;
    }
    ByteBuf tail = ctx.alloc().buffer(in.writerIndex() - from);
    tail.writeBytes(in, from, in.writerIndex() - from);
    in.release();
    return tail;
  }

  /**
   * Judges the packet that begins at {@code at}.
   *
   * @return where the next one begins; -1 where this one is not complete
   */
  private int packet(ChannelHandlerContext ctx, ByteBuf in, int at) {
    int end = in.writerIndex();
    if (at == end) {
      return -1;
    }
    int first = in.getUnsignedByte(at);
    rules.checkFirstByte(first);
    int remaining = 0;
    for (int i = 1; i < MAX_HEADER; i++) {
      if (at + i == end) {
        return -1;
      }
      int digit = in.getUnsignedByte(at + i);
      remaining |= (digit & 0x7F) << 7 * (i - 1);
      if (digit < 0x80) {
        return body(ctx, in, at, first, at + i + 1, remaining);
      }
    }
    throw ProtocolViolationException.malformed("remaining length of more than four bytes (2.1.4)");
  }

  private int body(
      ChannelHandlerContext ctx, ByteBuf in, int start, int first, int bodyStart, int remaining) {
    int limit = rules.version() == 0 ? limits.maxFirstPacket() : limits.maxPacket();
    int bodyEnd = bodyStart + remaining;
    if (bodyEnd - start > limit) {
      throw new ProtocolViolationException(
          Code.PACKET_TOO_LARGE, "packet of " + remaining + " bytes [MQTT-3.2.2-15]");
    }
    if (bodyEnd > in.writerIndex()) {
      return -1;
    }
    boolean publish = first >>> 4 == PacketRules.PUBLISH && rules.version() > 0;
    if (publish && taken(ctx, in, start, first, bodyStart, bodyEnd)) {
      return bodyEnd;
    }
    cursor.place(in, bodyStart, bodyEnd);
    rules.checkBody(first);
    if (publish) {
      know(in, bodyStart);
    }
    if (rules.version() == 3) {
      clearUndefinedFlags(in, start, first);
    }
    return bodyEnd;
  }

  /** A topic that was found to be good, so that it need not be judged again. */
  private void know(ByteBuf in, int bodyStart) {
    int length = in.getUnsignedShort(bodyStart);
    if (length <= MAX_KNOWN_TOPIC) {
      knownTopic = in.toString(bodyStart + 2, length, StandardCharsets.ISO_8859_1);
    }
  }

  private boolean known(ByteBuf in, int from, int length) {
    String topic = knownTopic;
    if (length == 0 || length != topic.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte c = in.getByte(from + i);
      // ASCII alone: what else there is has more than one form, and is decoded
      if (c < 0 || c != topic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Hands a whole PUBLISH on where nothing needs to be decoded, and moves the reader index behind
   * it.
   */
  private boolean taken(
      ChannelHandlerContext ctx, ByteBuf in, int start, int first, int bodyStart, int bodyEnd) {
    Taker who = taker;
    int qos = first >> 1 & 3;
    int least = 2 + (qos > 0 ? 2 : 0) + (rules.version() == 5 ? 1 : 0);
    if (who == null || (first & DUP) != 0 || bodyEnd - bodyStart < least) {
      return false;
    }
    int length = in.getUnsignedShort(bodyStart);
    int at = bodyStart + 2 + length;
    if (bodyEnd - bodyStart < least + length || !known(in, bodyStart + 2, length)) {
      return false;
    }
    int packetId = qos > 0 ? in.getUnsignedShort(at) : 0;
    at += qos > 0 ? 2 : 0;
    boolean properties = rules.version() == 5 && in.getByte(at++) != 0;
    if (properties || qos > 0 && packetId == 0) {
      return false; // to be judged by the rules
    }
    if (start > in.readerIndex()) {
      passed = true;
      ctx.fireChannelRead(in.readRetainedSlice(start - in.readerIndex()));
    }
    if (deaf || !who.ready(knownTopic)) {
      return false;
    }
    byte[] payload = new byte[bodyEnd - at];
    in.getBytes(at, payload);
    in.readerIndex(bodyEnd);
    handed = true;
    who.take(knownTopic, qos, packetId, payload);
    return true;
  }

  /** Version 3.1 leaves these bits to the sender; the decoder would refuse some of them. */
  private static void clearUndefinedFlags(ByteBuf in, int start, int first) {
    switch (first >>> 4) {
      case PacketRules.PUBLISH -> {
        // here they have a meaning
      }
      case 6, 8, 10 -> in.setByte(start, first & 0xF0 | 2);
      default -> in.setByte(start, first & 0xF0);
    }
  }

  private void release() {
    ReferenceCountUtil.release(partial);
    partial = null;
  }
}
