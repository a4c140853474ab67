package io.foretell.proto;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of the loopback for a server in another process, which is told its port before it begins.
 *
 * <p>It is none of those that a system gives to whoever asks for any, and to each outgoing
 * connection: such a port may be somebody else's before the server has begun, or while it is
 * stopped for a moment.
 */
public final class FreePort {
  private static final int FIRST = 10_000;
  private static final int END = 30_000;
  private static final int TRIES = 1_000;

  private FreePort() {}

  /** One at which nobody listens. */
  public static int pick() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (free(port)) {
        return port;
      }
    }
    throw new AssertionError("no free port from " + FIRST + " to " + END);
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
