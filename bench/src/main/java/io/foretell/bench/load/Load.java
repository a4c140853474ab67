package io.foretell.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Devices on one event loop that publish QoS 1 to one server. Either each keeps its window full
 * ({@link #saturate}), or all together keep a pace ({@link #pace}).
 */
public final class Load implements AutoCloseable {
  private static final int CONNECTING_AT_ONCE = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PACE_MICROS = 500;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** One address has 28,000 ports, and those of connections closed before rest for a minute. */
  private static final int PER_ADDRESS = 4_000;

  private final int firstAddress = ThreadLocalRandom.current().nextInt(2, 200);
  private final Device.Shared shared;
  private final List<Device> devices = new ArrayList<>();
  private final List<Channel> channels = new ArrayList<>();
  private int turn;

  /**
   * What a run gave.
   *
   * @param acked all that was acknowledged, with what was still on its way at the end
   * @param perSecond acknowledged within the run, by its length
   */
  public record Run(long acked, double perSecond, Histogram latencies) {
    /** A percentile of publish to acknowledgement, ms. */
    public double millis(double percentile) {
      return latencies.getValueAtPercentile(percentile) / 1e6;
    }
  }

  /**
   * Connects; returns when all are connected.
   *
   * @param connections how many
   * @param window unacknowledged PUBLISH each may have
   * @param prefix of their client ids
   * @throws IllegalStateException where the server does not take them all
   */
  public Load(int port, int connections, int window, String prefix) throws InterruptedException {
    shared = new Device.Shared(new Reports(System.currentTimeMillis()));
    for (int from = 0; from < connections; from += CONNECTING_AT_ONCE) {
      int to = Math.min(connections, from + CONNECTING_AT_ONCE);
      List<ChannelFuture> opening = new ArrayList<>();
      for (int i = from; i < to; i++) {
        Device device = new Device(prefix + i, window, shared);
        devices.add(device);
        opening.add(open(port, device, i));
      }
      for (ChannelFuture one : opening) {
        channels.add(one.sync().channel());
      }
      await("not all are connected", () -> on(() -> shared.connected) >= to);
    }
  }

  private ChannelFuture open(int port, Device device, int number) {
    return new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(device);
              }
            })
        .connect(
            new InetSocketAddress("127.0.0.1", port),
            new InetSocketAddress("127.0.0." + (firstAddress + number / PER_ADDRESS), 0));
  }

  /** Connections that the server has closed. */
  public int lost() {
    return on(() -> shared.lost);
  }

  /** Keeps every window full for a time, then waits for what is on its way. */
  public Run saturate(Duration time) {
    begin(true);
    long from = System.nanoTime();
    on(
        () -> {
          devices.forEach(Device::fill);
          return true;
        });
    LockSupport.parkNanos(time.toNanos());
    return end(from);
  }

  /** Publishes so many a second for a time, device after device, then waits for what is left. */
  public Run pace(double perSecond, Duration time) {
    begin(false);
    long from = System.nanoTime();
    long[] published = new long[1];
    var ticking =
        loop.scheduleAtFixedRate(
            () -> publishDue(from, perSecond, published), 0, PACE_MICROS, TimeUnit.MICROSECONDS);
    LockSupport.parkNanos(time.toNanos());
    ticking.cancel(false);
    return end(from);
  }

  private void publishDue(long from, double perSecond, long[] published) {
    long due = (long) ((System.nanoTime() - from) * perSecond / 1e9);
    int full = 0;
    while (published[0] < due && full < devices.size()) {
      Device next = devices.get(turn++ % devices.size());
      if (next.hasRoom()) {
        next.publish(from + (long) (published[0]++ * 1e9 / perSecond));
        next.flush();
        full = 0;
      } else {
        full++;
      }
    }
  }

  private void begin(boolean going) {
    on(
        () -> {
          shared.acked = 0;
          shared.sent = 0;
          shared.latencies = Device.Shared.newHistogram();
          shared.going = going;
          return true;
        });
  }

  private Run end(long from) {
    long[] within = new long[1];
    double seconds =
        on(
            () -> {
              shared.going = false;
              within[0] = shared.acked;
              return (System.nanoTime() - from) / 1e9;
            });
    await("acknowledgements are missing", () -> on(() -> shared.sent == shared.acked));
    return on(() -> new Run(shared.acked, within[0] / seconds, shared.latencies));
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

  private void await(String otherwise, BooleanSupplier done) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      int lost = on(() -> shared.lost);
      if (lost > 0 || System.nanoTime() > deadline) {
        String state =
            on(
                () ->
                    shared.connected
                        + " connected, "
                        + shared.lost
                        + " lost, "
                        + shared.sent
                        + " sent, "
                        + shared.acked
                        + " acknowledged");
        throw new IllegalStateException(otherwise + ": " + state);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** Closes the connections without saying goodbye, as devices do. */
  @Override
  public void close() {
    for (Channel channel : channels) {
      channel.close();
    }
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
