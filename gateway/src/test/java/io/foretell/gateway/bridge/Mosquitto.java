package io.foretell.gateway.bridge;

import static org.assertj.core.api.Assertions.fail;

import io.foretell.proto.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Debian's Mosquitto on a port and with a folder of its own, which can be stopped and started. */
final class Mosquitto implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path folder;
  private final int port;
  private Process process;

  Mosquitto(Path folder) throws Exception {
    this.folder = folder;
    this.port = FreePort.pick();
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        "listener "
            + port
            + " 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location "
            + folder
            + "/\nuser root\nmax_queued_messages 0\nlog_dest none\n");
    start();
  }

  int port() {
    return port;
  }

  String url() {
    return "tcp://127.0.0.1:" + port;
  }

  void start() throws Exception {
    String program =
        Files.isExecutable(Path.of("/usr/sbin/mosquitto")) ? "/usr/sbin/mosquitto" : "mosquitto";
    try {
      process =
          new ProcessBuilder(program, "-c", folder.resolve("mosquitto.conf").toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("mosquitto.log").toFile())
              .start();
    } catch (IOException e) {
      fail("mosquitto is not installed: apt-get install mosquitto", e);
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!answers()) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        fail("mosquitto does not start: " + Files.readString(folder.resolve("mosquitto.log")));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Stops it; what it holds is in its folder. */
  void stop() throws Exception {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      fail("mosquitto does not stop");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
