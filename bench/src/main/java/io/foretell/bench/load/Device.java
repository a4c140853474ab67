package io.foretell.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One connection: keeps so many PUBLISH unacknowledged while it is told to go on. All on the one
 * event loop. What is sent because of one read goes out in one write.
 */
final class Device extends ChannelInboundHandlerAdapter {
  /** What all connections of an event loop share. */
  static final class Shared {
    final Reports reports;
    Histogram latencies = newHistogram();
    boolean going;
    long sent;
    long acked;
    int connected;
    int lost;

    Shared(Reports reports) {
      this.reports = reports;
    }

    static Histogram newHistogram() {
      return new Histogram(60_000_000_000L, 2);
    }
  }

  private final String clientId;
  private final Shared shared;
  private final byte[] packet = Packets.publish();
  private final long[] sentAt;
  private final int[] free;
  private int freeCount;
  private final byte[] answer = new byte[4];
  private int answered;
  private long sequence;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf out;

  Device(String clientId, int window, Shared shared) {
    this.clientId = clientId;
    this.shared = shared;
    this.sentAt = new long[window];
    this.free = new int[window];
    for (int i = 0; i < window; i++) {
      free[freeCount++] = i;
    }
    shared.reports.put(packet, Packets.BEFORE_PAYLOAD, ThreadLocalRandom.current().nextLong());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    ByteBuf connect = ctx.alloc().buffer();
    connect.writeBytes(Packets.connect(clientId));
    ctx.writeAndFlush(connect, ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable()) {
        answer[answered++] = in.readByte();
        if (answered == answer.length) {
          answered = 0;
          take();
        }
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    shared.lost++;
    context = null;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  /** CONNACK and PUBACK of MQTT 3.1.1 both have four bytes. */
  private void take() {
    int type = answer[0] & 0xF0;
    if (type == Packets.CONNACK && answer[3] == 0) {
      shared.connected++;
    } else if (type == Packets.PUBACK) {
      int slot = ((answer[2] & 0xFF) << 8 | answer[3] & 0xFF) - 1;
      shared.latencies.recordValue(Math.max(0, System.nanoTime() - sentAt[slot]));
      shared.acked++;
      free[freeCount++] = slot;
      if (shared.going) {
        publish(System.nanoTime());
      }
    } else {
      throw new IllegalStateException("unexpected answer of type " + type + ", " + answer[3]);
    }
  }

  /** Fills the window. */
  void fill() {
    while (freeCount > 0) {
      publish(System.nanoTime());
    }
    flush();
  }

  /** Whether it may have one more on the way. */
  boolean hasRoom() {
    return freeCount > 0 && context != null;
  }

  /**
   * Publishes one report; {@link #flush} sends it.
   *
   * @param due when it was to be sent, by {@link System#nanoTime()}: latency counts from there
   */
  void publish(long due) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    int slot = free[--freeCount];
    sentAt[slot] = due;
    packet[Packets.ID_AT] = (byte) (slot + 1 >>> 8);
    packet[Packets.ID_AT + 1] = (byte) (slot + 1);
    sequence++;
    double change = (sequence & 63) / 64.0;
    shared.reports.patch(
        packet, Packets.BEFORE_PAYLOAD, sequence, System.currentTimeMillis(), change);
    ByteBuf to = out;
    if (to == null) {
      to = ctx.alloc().buffer(Packets.PUBLISH_LENGTH * Math.min(sentAt.length, 16));
      out = to;
    }
    to.writeBytes(packet);
    shared.sent++;
  }

  /** Sends what was published. */
  void flush() {
    ByteBuf to = out;
    ChannelHandlerContext ctx = context;
    if (to != null && ctx != null) {
      out = null;
      ctx.writeAndFlush(to, ctx.voidPromise());
    }
  }
}
