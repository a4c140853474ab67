package io.foretell.bench.server;

import io.foretell.bench.standin.HiveMq;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * HiveMQ CE, embedded, in memory, forwarding to one QoS 0 subscriber of ours. It may drop what the
 * subscriber does not take in time, so it has no books that could balance.
 */
public final class HiveMqBroker implements Server {
  private static final int START_SECONDS = 120;

  private final Child child;
  private final Audience audience;
  private final int port;

  /**
   * Starts broker and subscriber.
   *
   * @param libraries the folder with its jars
   * @param folder for its configuration and data
   * @param cores as taskset names them
   */
  public HiveMqBroker(Path libraries, Path folder, String cores) {
    if (!Files.isDirectory(libraries)) {
      throw new IllegalStateException(
          "HiveMQ is missing: bench/run fetches it into " + libraries + " when it builds");
    }
    try {
      port = Mosquitto.freePort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String ours = jarOf(HiveMq.class);
    List<String> command =
        List.of(
            java,
            "-XX:+UseSerialGC",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "-cp",
            libraries + "/*:" + ours,
            HiveMq.class.getName(),
            folder.toString(),
            String.valueOf(port));
    child = new Child(command, cores, Path.of(folder + ".log"));
    child.await(line -> line.equals("ready"), START_SECONDS);
    audience = new Audience(port);
  }

  private static String jarOf(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString();
  }

  @Override
  public String name() {
    return "hivemq";
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
    return child.compilerSeconds();
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
    return Optional.empty();
  }

  @Override
  public void close() {
    audience.close();
    child.close();
  }
}
