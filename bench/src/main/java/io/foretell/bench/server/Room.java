package io.foretell.bench.server;

import io.foretell.bench.standin.StandIn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Gateway and ingest alone in a process: see {@link StandIn}. */
public final class Room implements Server {
  private static final int PATIENCE_SECONDS = 60;

  private final Child child;
  private final String name;
  private final int port;
  private final int securePort;

  /**
   * Starts it.
   *
   * @param kind as {@link StandIn} names it
   * @param data its data folder
   * @param cores as taskset names them
   * @param javaOptions more options of the JVM
   */
  public Room(String kind, Path data, String cores, List<String> javaOptions) {
    name = kind;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(StandIn.class.getName(), kind, data.toString()));
    child = new Child(command, cores, Path.of(data + ".log"));
    String ready = child.await(line -> line.startsWith("ready "), PATIENCE_SECONDS);
    String[] ports = ready.substring("ready ".length()).split(" ");
    port = Integer.parseInt(ports[0]);
    securePort = ports.length > 1 ? Integer.parseInt(ports[1]) : -1;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int port() {
    return port;
  }

  /** The port of DTLS; -1 where it has none. */
  public int securePort() {
    return securePort;
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
    return 0;
  }

  @Override
  public long settle() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (numbers()[0] > 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("still uplinks to read after " + PATIENCE_SECONDS + " s");
      }
      LockSupport.parkNanos(20_000_000);
    }
    return System.nanoTime();
  }

  @Override
  public Optional<Count> count() {
    long[] n = numbers();
    return Optional.of(new Count(n[1], n[2], n[3], n[0] == 0 && n[1] == n[2] + n[3]));
  }

  /** Lag, uplinks, stored, rejected. */
  private long[] numbers() {
    child.say("count");
    String[] words = child.await(line -> line.startsWith("count "), PATIENCE_SECONDS).split(" ");
    long[] numbers = new long[words.length - 1];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Long.parseLong(words[i + 1]);
    }
    return numbers;
  }

  @Override
  public void close() {
    child.close();
  }
}
