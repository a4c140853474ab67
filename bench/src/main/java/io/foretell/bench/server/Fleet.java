package io.foretell.bench.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An installation on Kafka, PostgreSQL and InfluxDB: one process with all roles, or several. */
public final class Fleet implements Server {
  /** The process that does it all. */
  public static final List<String> ALONE = List.of("all");

  private static final long SETTLE_SECONDS = 300;
  // Each glance asks the brokers.
  private static final long GLANCE_NANOS = 100_000_000;

  private final Path root;
  private final Path folder;
  private final String cores;
  private final Neighbours neighbours;
  private final String name;
  private final String javaOptions;
  private final Map<String, Foretell> processes = new LinkedHashMap<>();
  private double ended;
  private double endedCompiling;

  /**
   * Starts the processes one after the other.
   *
   * @param name of the installation, lower case
   * @param names role and number, {@code worker-1}, the desk first; or {@link #ALONE}
   */
  public Fleet(
      String name,
      Path root,
      Path folder,
      String cores,
      String javaOptions,
      Neighbours neighbours,
      List<String> names) {
    this.name = name;
    this.root = root;
    this.folder = folder;
    this.cores = cores;
    this.javaOptions = javaOptions;
    this.neighbours = neighbours;
    neighbours.makeDatabase(name);
    names.forEach(this::start);
  }

  /** Starts a process; returns when it is ready. */
  public void start(String process) {
    List<String> settings = new ArrayList<>(neighbours.settings(name));
    if (!ALONE.contains(process)) {
      settings.add("roles=" + process.replaceAll("-.*", ""));
      settings.add("shared=" + folder.resolve("shared"));
    }
    Path keys = folder.resolve(ALONE.contains(process) ? process : "shared");
    Path data = folder.resolve(process);
    processes.put(process, new Foretell(root, data, cores, javaOptions, settings, keys));
  }

  /** Ends a process as a crash would. */
  public void kill(String process) {
    Foretell victim = processes.remove(process);
    ended += victim.cpuSeconds();
    endedCompiling += victim.compilerSeconds();
    victim.kill();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int port() {
    return processes.values().stream().mapToInt(Foretell::port).max().orElseThrow();
  }

  @Override
  public long pid() {
    return processes.values().iterator().next().pid();
  }

  @Override
  public double cpuSeconds() {
    return ended + processes.values().stream().mapToDouble(Foretell::cpuSeconds).sum();
  }

  /** CPU time of each process that runs, without its compilers, seconds. */
  public Map<String, Double> secondsByProcess() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    processes.forEach(
        (process, one) -> seconds.put(process, one.cpuSeconds() - one.compilerSeconds()));
    return seconds;
  }

  @Override
  public double compilerSeconds() {
    return endedCompiling
        + processes.values().stream().mapToDouble(Foretell::compilerSeconds).sum();
  }

  @Override
  public long residentKib() {
    return processes.values().stream().mapToLong(Foretell::residentKib).sum();
  }

  /** What brokers and databases have used. */
  @Override
  public double besideSeconds() {
    return neighbours.brokerSeconds() + neighbours.databaseSeconds();
  }

  /** Uplinks that are not finished, of all processes together. */
  public long inFlight() {
    return processes.values().iterator().next().inFlight();
  }

  @Override
  public long settle() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    while (System.nanoTime() < deadline) {
      if (inFlight() == 0) {
        return System.nanoTime();
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
    throw new IllegalStateException("still uplinks to read after " + SETTLE_SECONDS + " s");
  }

  @Override
  public Optional<Count> count() {
    return processes.values().iterator().next().count();
  }

  @Override
  public void close() {
    List<Foretell> all = new ArrayList<>(processes.values());
    all.forEach(Foretell::close);
  }
}
