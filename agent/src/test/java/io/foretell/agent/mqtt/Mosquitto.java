package io.foretell.agent.mqtt;

import static org.assertj.core.api.Assertions.fail;

import io.foretell.proto.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Debian's Mosquitto as a child process on a free port, that can be stopped and started again. */
final class Mosquitto implements AutoCloseable {
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin/mosquitto"), Path.of("/usr/local/sbin/mosquitto"));

  private final Path folder;
  private final int port;
  private Process process;

  Mosquitto(Path folder, String extra) throws IOException {
    this.folder = folder;
    port = FreePort.pick();
    Files.writeString(
        folder.resolve("mosquitto.conf"), "listener " + port + " 127.0.0.1\nuser root\n" + extra);
    start();
  }

  String uri() {
    return "tcp://127.0.0.1:" + port;
  }

  void start() throws IOException {
    Path binary =
        PLACES.stream()
            .filter(Files::isExecutable)
            .findFirst()
            .orElseGet(() -> fail("Mosquitto is missing: apt-get install mosquitto"));
    process =
        new ProcessBuilder(binary.toString(), "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("mosquitto.log").toFile())
            .start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!listens()) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        fail("Mosquitto does not start: " + Files.readString(folder.resolve("mosquitto.log")));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** As after a power cut. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(60, TimeUnit.SECONDS);
  }

  /** Lets it write down what it has. */
  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
