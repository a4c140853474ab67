package io.foretell.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Eclipse Mosquitto without persistence, forwarding to one QoS 0 subscriber of ours. */
public final class Mosquitto implements Server {
  private static final int START_TRIES = 500;

  private final Child child;
  private final Audience audience;
  private final int port;

  /**
   * Starts broker and subscriber.
   *
   * @param folder for its configuration
   * @param cores as taskset names them
   */
  public Mosquitto(Path folder, String cores) {
    try {
      port = freePort();
      Files.createDirectories(folder);
      Path configuration = folder.resolve("mosquitto.conf");
      Files.writeString(
          configuration,
          """
          listener %d 127.0.0.1
          allow_anonymous true
          persistence false
          max_inflight_messages 0
          max_queued_messages 0
          set_tcp_nodelay true
          connection_messages false
          sys_interval 0
          log_type error
          """
              .formatted(port));
      child =
          new Child(
              List.of(program(), "-c", configuration.toString()),
              cores,
              folder.resolve("mosquitto.log"));
      awaitOpen();
      audience = new Audience(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String program() {
    for (String place : List.of("/usr/sbin/mosquitto", "/usr/bin/mosquitto")) {
      if (Files.isExecutable(Path.of(place))) {
        return place;
      }
    }
    throw new IllegalStateException("Mosquitto is missing: apt-get install mosquitto");
  }

  static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private void awaitOpen() {
    for (int i = 0; i < START_TRIES; i++) {
      try (Socket open = new Socket("127.0.0.1", port)) {
        if (open.isConnected()) {
          return;
        }
      } catch (IOException e) {
        if (!child.alive()) {
          throw new IllegalStateException("Mosquitto ended", e);
        }
        LockSupport.parkNanos(10_000_000);
      }
    }
    throw new IllegalStateException("Mosquitto does not listen");
  }

  @Override
  public String name() {
    return "mosquitto";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public double cpuSeconds() {
    return child.cpuSeconds();
  }

  @Override
  public double compilerSeconds() {
    return 0;
  }

  @Override
  public long residentKib() {
    return child.residentKib();
  }

  @Override
  public double besideSeconds() {
    return audience.cpuSeconds();
  }

  @Override
  public long settle() {
    return audience.settle();
  }

  @Override
  public Optional<Count> count() {
    long received = audience.received();
    return Optional.of(new Count(received, received, 0, true));
  }

  @Override
  public void close() {
    audience.close();
    child.close();
  }
}
