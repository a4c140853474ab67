package io.foretell.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The one subscriber of a broker: QoS 0, reads as fast as it comes and counts. */
public final class Subscriber implements AutoCloseable {
  private static final int CONNACK_AND_SUBACK = 4 + 5;

  private final Socket socket;
  private final Thread thread;
  private final AtomicLong bytes = new AtomicLong();
  private final CountDownLatch subscribed = new CountDownLatch(1);

  /** Subscribes to what {@link Load} publishes. */
  public Subscriber(int port) throws IOException, InterruptedException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setReceiveBufferSize(1 << 20);
    socket.getOutputStream().write(Packets.connect("subscriber"));
    socket.getOutputStream().write(Packets.subscribe());
    thread = new Thread(this::drain, "subscriber");
    thread.setDaemon(true);
    thread.start();
    if (!subscribed.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the broker did not take the subscription");
    }
  }

  private void drain() {
    byte[] buffer = new byte[1 << 18];
    try {
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        if (bytes.addAndGet(n) >= CONNACK_AND_SUBACK) {
          subscribed.countDown();
        }
      }
    } catch (IOException e) {
      if (!socket.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Messages that came; all have the length of a forwarded report. */
  public long received() {
    return Math.max(0, bytes.get() - CONNACK_AND_SUBACK) / Packets.FORWARDED_LENGTH;
  }

  /** CPU time that reading has taken, seconds. */
  public double cpuSeconds() {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId()) / 1e9;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
