package io.foretell.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * CoAP devices on one event loop, each a socket of its own, that post confirmable reports to {@code
 * /v1/telemetry}, one at a time (RFC 7252 section 4.7). What is not answered in time is sent again
 * with the same message id.
 */
public final class CoapLoad implements AutoCloseable {
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int CHANGED = 0x44;
  private static final int HEAD = 8;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Reports reports = new Reports(System.currentTimeMillis());
  private final List<Peer> peers = new ArrayList<>();
  private boolean going;
  private long answered;
  private long refused;
  private long again;

  /**
   * What a run gave.
   *
   * @param answered requests that were answered with 2.04
   * @param perSecond of them within the run
   * @param again requests that had to be sent again
   */
  public record Run(long answered, double perSecond, long again) {}

  /** Opens so many sockets to a port of loopback. */
  public CoapLoad(int port, int devices) throws InterruptedException {
    for (int i = 0; i < devices; i++) {
      Peer peer = new Peer("coap-" + i);
      peers.add(peer);
      peer.channel =
          new Bootstrap()
              .group(loop)
              .channel(NioDatagramChannel.class)
              .option(ChannelOption.SO_RCVBUF, 1 << 16)
              .handler(peer)
              .connect("127.0.0.1", port)
              .sync()
              .channel();
    }
  }

  /** Keeps one request of each device on its way for a time, then waits for what is left. */
  public Run saturate(Duration time) {
    long from = System.nanoTime();
    on(
        () -> {
          going = true;
          answered = 0;
          again = 0;
          peers.forEach(Peer::next);
          return true;
        });
    var watching =
        loop.scheduleAtFixedRate(
            () -> peers.forEach(Peer::sendAgain), 100, 100, TimeUnit.MILLISECONDS);
    LockSupport.parkNanos(time.toNanos());
    long within =
        on(
            () -> {
              going = false;
              return answered;
            });
    double seconds = (System.nanoTime() - from) / 1e9;
    awaitQuiet();
    watching.cancel(false);
    return on(
        () -> {
          if (refused > 0) {
            throw new IllegalStateException(refused + " requests were refused");
          }
          return new Run(answered, within / seconds, again);
        });
  }

  private void awaitQuiet() {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (on(() -> peers.stream().anyMatch(peer -> peer.waits))) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("answers are missing");
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  private <T> T on(Callable<T> what) {
    try {
      return loop.submit(what).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    for (Peer peer : peers) {
      Channel open = peer.channel;
      if (open != null) {
        open.close();
      }
    }
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** One device. All on the event loop. */
  private final class Peer extends SimpleChannelInboundHandler<DatagramPacket> {
    private final byte[] packet;
    private final int reportAt;
    private int messageId = ThreadLocalRandom.current().nextInt(1 << 16);
    private long sequence;
    private long sentAt;
    private boolean waits;
    private @org.jspecify.annotations.Nullable Channel channel;

    Peer(String name) {
      byte[] query = ("device=" + name).getBytes(StandardCharsets.US_ASCII);
      reportAt =
          HEAD + 3 + 1 + "telemetry".length() + 1 + query.length + (query.length > 12 ? 1 : 0) + 1;
      packet = new byte[reportAt + Reports.LENGTH];
      int at = HEAD;
      at = option(at, 11, "v1".getBytes(StandardCharsets.US_ASCII));
      at = option(at, 0, "telemetry".getBytes(StandardCharsets.US_ASCII));
      at = option(at, 4, query);
      packet[0] = 0x44; // version 1, confirmable, a token of four bytes
      packet[1] = 0x02; // POST
      packet[at] = (byte) 0xFF;
      reports.put(packet, reportAt, ThreadLocalRandom.current().nextLong());
    }

    /** RFC 7252 section 3.1; no option here is longer than 268 bytes. */
    private int option(int from, int delta, byte[] value) {
      int at = from;
      packet[at++] = (byte) (delta << 4 | Math.min(13, value.length));
      if (value.length > 12) {
        packet[at++] = (byte) (value.length - 13);
      }
      System.arraycopy(value, 0, packet, at, value.length);
      return at + value.length;
    }

    void next() {
      messageId = messageId + 1 & 0xFFFF;
      sequence++;
      packet[2] = (byte) (messageId >>> 8);
      packet[3] = (byte) messageId;
      packet[4] = (byte) (sequence >>> 24);
      packet[5] = (byte) (sequence >>> 16);
      packet[6] = (byte) (sequence >>> 8);
      packet[7] = (byte) sequence;
      double change = (sequence & 63) / 64.0;
      reports.patch(packet, reportAt, sequence, System.currentTimeMillis(), change);
      waits = true;
      send();
    }

    private void send() {
      Channel open = channel;
      if (open != null) {
        sentAt = System.nanoTime();
        open.writeAndFlush(
            open.alloc().buffer(packet.length).writeBytes(packet), open.voidPromise());
      }
    }

    void sendAgain() {
      if (waits && System.nanoTime() - sentAt > AGAIN_NANOS) {
        again++;
        send();
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket answer) {
      ByteBuf in = answer.content();
      boolean mine =
          waits
              && in.readableBytes() >= HEAD
              && in.getInt(in.readerIndex() + 4) == (int) sequence
              && in.getUnsignedByte(in.readerIndex() + 1) != 0;
      if (!mine) {
        return; // an empty acknowledgement, or an answer that came twice
      }
      waits = false;
      if (in.getUnsignedByte(in.readerIndex() + 1) == CHANGED) {
        answered++;
      } else {
        refused++;
      }
      if (going) {
        next();
      }
    }
  }
}
