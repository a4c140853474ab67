package io.foretell.app.journey;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A path of datagrams to a server that can be cut off after some of them. */
final class Relay implements AutoCloseable {
  private final DatagramSocket inner = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final DatagramSocket outer = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final InetSocketAddress server;
  private final AtomicInteger answers = new AtomicInteger();
  private volatile int lost = Integer.MAX_VALUE;
  private volatile @Nullable SocketAddress client;

  Relay(int serverPort) throws IOException {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    run(
        () -> {
          DatagramPacket packet = receive(inner);
          client = packet.getSocketAddress();
          outer.send(new DatagramPacket(packet.getData(), packet.getLength(), server));
        });
    run(
        () -> {
          DatagramPacket packet = receive(outer);
          SocketAddress to = client;
          if (to != null && answers.incrementAndGet() <= lost) {
            inner.send(new DatagramPacket(packet.getData(), packet.getLength(), to));
          }
        });
  }

  /** Where a device finds it. */
  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), inner.getLocalPort());
  }

  /** How many datagrams the server has sent, lost ones included. */
  int answers() {
    return answers.get();
  }

  /** From that answer on, nothing comes through. */
  void cutAfter(int count) {
    lost = answers.get() + count;
  }

  /** Everything comes through again. */
  void mend() {
    lost = Integer.MAX_VALUE;
  }

  @Override
  public void close() {
    inner.close();
    outer.close();
  }

  private interface Step {
    void run() throws IOException;
  }

  private void run(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!inner.isClosed()) {
                  step.run();
                }
              } catch (IOException e) {
                // closed
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    socket.receive(packet);
    packet.setData(Arrays.copyOf(packet.getData(), packet.getLength()));
    return packet;
  }
}
