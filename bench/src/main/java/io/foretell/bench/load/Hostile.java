package io.foretell.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;

/** Strangers of the MQTT port, on a thread of their own, until closed. */
public final class Hostile implements AutoCloseable {
  /** What they do. */
  public enum Manner {
    /** 1,000 at a time send most of a CONNECT and never the rest; who is closed comes again. */
    HALF_OPEN,
    /** One after another announces a packet of 268,435,455 bytes, the most that MQTT can say. */
    HUGE_LENGTH
  }

  /** How many half-open sockets there are at a time. */
  public static final int AT_ONCE = 1_000;

  private static final int HALF = 12_000;
  private static final int ANSWER_MILLIS = 6_000;
  private static final byte[] HUGE = {0x10, -1, -1, -1, 0x7F, 0, 4};

  private final InetSocketAddress server;
  private final Thread thread;
  private final LongAdder came = new LongAdder();
  private final LongAdder stayed = new LongAdder();
  private volatile boolean going = true;

  /** They begin at once. */
  public Hostile(int port, Manner manner) {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    thread = new Thread(manner == Manner.HALF_OPEN ? this::halfOpen : this::huge, "hostile");
    thread.setDaemon(true);
    thread.start();
  }

  /** How many connections they have made. */
  public long came() {
    return came.sum();
  }

  /** Whether they still come; false where the server could not be reached. */
  public boolean coming() {
    return thread.isAlive();
  }

  /** How many of them the server had not closed after six seconds. */
  public long stayed() {
    return stayed.sum();
  }

  private void halfOpen() {
    byte[] half = halfConnect();
    Deque<Socket> open = new ArrayDeque<>();
    try {
      while (going) {
        open.add(connect(half));
        if (open.size() == AT_ONCE) {
          awaitClosed(open.remove());
        }
      }
    } finally {
      open.forEach(Hostile::close);
    }
  }

  private void huge() {
    while (going) {
      awaitClosed(connect(HUGE));
    }
  }

  /** A CONNECT of MQTT 5 whose client id is long; its last part is missing. */
  private static byte[] halfConnect() {
    int id = 15_000;
    int length = 10 + 1 + 2 + id;
    ByteBuffer packet = ByteBuffer.allocate(length + 4);
    packet.put((byte) 0x10).put((byte) (length & 0x7F | 0x80)).put((byte) (length >> 7));
    packet.putShort((short) 4).put("MQTT".getBytes(StandardCharsets.US_ASCII));
    packet.put((byte) 5).put((byte) 2).putShort((short) 60).put((byte) 0).putShort((short) id);
    byte[] half = new byte[HALF];
    packet.rewind().get(half);
    return half;
  }

  private Socket connect(byte[] first) {
    try {
      Socket socket = new Socket(server.getAddress(), server.getPort());
      socket.getOutputStream().write(first);
      came.increment();
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitClosed(Socket socket) {
    try {
      socket.setSoTimeout(ANSWER_MILLIS);
      while (going && socket.getInputStream().read() >= 0) {
        // whatever it says before it closes
      }
    } catch (SocketTimeoutException e) {
      stayed.increment();
    } catch (IOException e) {
      // reset: closed as well
      return;
    } finally {
      close(socket);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends them; those who wait for an answer are waited for. */
  @Override
  public void close() {
    going = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
