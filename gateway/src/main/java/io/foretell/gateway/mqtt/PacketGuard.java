package io.foretell.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The strict guard before Netty's decoder: cuts the stream into packets, judges each by its bytes,
 * and lets only whole and correct ones through, as many at once as were read. Behind the decoder
 * much could no longer be seen (ill-formed UTF-8, reserved bits, properties out of place), and much
 * would have been allocated.
 *
 * <p>At the first violation it raises a {@link ProtocolViolationException} as an event and from
 * then on throws away what comes.
 */
final class PacketGuard extends ChannelInboundHandlerAdapter {
  private static final int MAX_HEADER = 5;

  private final MqttLimits limits;
  private final Cursor cursor = new Cursor();
  private final PacketRules rules;
  private @Nullable ByteBuf partial;
  private boolean deaf;

  PacketGuard(MqttLimits limits) {
    this.limits = limits;
    this.rules = new PacketRules(cursor, limits.topicAliasMaximum());
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
      for (int next = good; next >= 0; next = packet(in, good)) {
        good = next;
      }
    } catch (ProtocolViolationException e) {
      violation = e;
    } finally {
      cursor.leave();
    }
    pass(ctx, in, good, violation == null);
    if (violation != null) {
      turnDeaf();
      ctx.fireUserEventTriggered(violation);
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
    } else if (all) {
      ctx.fireChannelRead(in);
    } else {
      ctx.fireChannelRead(in.writerIndex(good));
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
  private int packet(ByteBuf in, int at) {
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
        return body(in, at, first, at + i + 1, remaining);
      }
    }
    throw ProtocolViolationException.malformed("remaining length of more than four bytes (2.1.4)");
  }

  private int body(ByteBuf in, int start, int first, int bodyStart, int remaining) {
    int limit = rules.version() == 0 ? limits.maxFirstPacket() : limits.maxPacket();
    int bodyEnd = bodyStart + remaining;
    if (bodyEnd - start > limit) {
      throw new ProtocolViolationException(
          Code.PACKET_TOO_LARGE, "packet of " + remaining + " bytes [MQTT-3.2.2-15]");
    }
    if (bodyEnd > in.writerIndex()) {
      return -1;
    }
    cursor.place(in, bodyStart, bodyEnd);
    rules.checkBody(first);
    if (rules.version() == 3) {
      clearUndefinedFlags(in, start, first);
    }
    return bodyEnd;
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
