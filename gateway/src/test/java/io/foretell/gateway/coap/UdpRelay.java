package io.foretell.gateway.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A translating router on the way: it can take another outer port at any moment. */
final class UdpRelay implements AutoCloseable {
  private final DatagramSocket inner = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final InetSocketAddress server;
  private volatile DatagramSocket outer = socket();
  private volatile @Nullable SocketAddress client;

  UdpRelay(int serverPort) throws IOException {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    start(this::up);
    start(this::down);
  }

  int port() {
    return inner.getLocalPort();
  }

  /** From now on the server sees the device at another address. */
  void rebind() throws IOException {
    DatagramSocket before = outer;
    outer = socket();
    before.close();
  }

  @Override
  public void close() {
    inner.close();
    outer.close();
  }

  private void up() throws IOException {
    DatagramPacket packet = receive(inner);
    client = packet.getSocketAddress();
    outer.send(new DatagramPacket(packet.getData(), packet.getLength(), server));
  }

  private void down() throws IOException {
    DatagramSocket from = outer;
    try {
      DatagramPacket packet = receive(from);
      SocketAddress to = client;
      if (to != null) {
        inner.send(new DatagramPacket(packet.getData(), packet.getLength(), to));
      }
    } catch (IOException e) {
      if (from == outer) {
        throw e;
      }
    }
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    socket.receive(packet);
    packet.setData(Arrays.copyOf(packet.getData(), packet.getLength()));
    return packet;
  }

  private static DatagramSocket socket() throws IOException {
    return new DatagramSocket(0, InetAddress.getLoopbackAddress());
  }

  private void start(Step step) {
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
            });
    thread.setDaemon(true);
    thread.start();
  }

  private interface Step {
    void run() throws IOException;
  }
}
