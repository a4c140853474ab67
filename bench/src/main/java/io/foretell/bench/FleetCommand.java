package io.foretell.bench;

import io.foretell.bench.load.Load;
import io.foretell.bench.server.Fleet;
import io.foretell.bench.server.Foretell;
import io.foretell.bench.server.Neighbours;
import io.foretell.bench.server.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The whole pipeline on both engines, by CPU time a message; what a second worker costs; how long
 * it takes to go on after a worker or a broker was killed, and to catch up after a rest.
 */
@Command(
    name = "fleet",
    description = "The whole pipeline on Kafka, PostgreSQL and InfluxDB, beside the embedded one.")
final class FleetCommand implements Callable<Integer> {
  private static final int WINDOW = 10;
  private static final List<String> SHARED = List.of("desk", "gateway-1", "worker-1");
  private static final long GLANCE_NANOS = 50_000_000;
  private static final double BEHIND_SECONDS = 1;
  private static final long BALANCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final double HOUR = 3600;

  @Mixin private Setting setting = new Setting();

  /** While processes are killed. */
  @Mixin private Pace pace = new Pace(1_000);

  @Option(
      names = "--rest",
      paramLabel = "S",
      defaultValue = "60",
      converter = AtLeastOne.class,
      description = "How long no worker runs before it catches up (default: ${DEFAULT-VALUE}).")
  private int rest = 60;

  @Option(
      names = "--parts",
      paramLabel = "LIST",
      split = ",",
      defaultValue = "embedded,alone,shared,faults,brokers",
      description = "Which rows (default: ${DEFAULT-VALUE}).")
  private List<Part> parts = List.of(Part.values());

  /** What can be measured apart. */
  enum Part {
    EMBEDDED,
    ALONE,
    SHARED,
    FAULTS,
    BROKERS
  }

  FleetCommand() {}

  FleetCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  /** Which were chosen, each once, whatever their order was. */
  Set<Part> parts() {
    return EnumSet.copyOf(parts);
  }

  List<Row> rows() throws InterruptedException {
    Set<Part> parts = parts();
    List<Row> rows = new ArrayList<>();
    if (parts.contains(Part.EMBEDDED)) {
      Path data = setting.fresh("fleet-embedded");
      try (Foretell server = new Foretell(Setting.root(), data, setting.serverCores, "")) {
        rows.add(row("embedded, one process", server, cost(server, null)));
      }
    }
    if (parts.contains(Part.ALONE)) {
      try (Neighbours neighbours = neighbours(1);
          Fleet alone = fleet("alone", neighbours, Fleet.ALONE)) {
        rows.add(row("Kafka, one process", alone, cost(alone, neighbours)));
      }
    }
    if (parts.contains(Part.SHARED) || parts.contains(Part.FAULTS)) {
      rows.addAll(shared(parts));
    }
    if (parts.contains(Part.BROKERS)) {
      try (Neighbours three = neighbours(3);
          Fleet alone = fleet("three", three, Fleet.ALONE)) {
        rows.add(killedBroker(alone, three));
      }
    }
    return rows;
  }

  private List<Row> shared(Set<Part> parts) throws InterruptedException {
    List<Row> rows = new ArrayList<>();
    try (Neighbours neighbours = neighbours(1);
        Fleet shared = fleet("shared", neighbours, SHARED)) {
      if (parts.contains(Part.SHARED)) {
        rows.add(row("Kafka, desk, gateway, worker", shared, cost(shared, neighbours)));
      }
      shared.start("worker-2");
      if (parts.contains(Part.SHARED)) {
        rows.add(row("the same with a second worker", shared, cost(shared, neighbours)));
      }
      if (parts.contains(Part.FAULTS)) {
        rows.add(killedWorker(shared));
        rows.addAll(catchUp(shared));
      }
    }
    return rows;
  }

  private Neighbours neighbours(int brokers) {
    Path libraries = Setting.root().resolve("bench/target/foretell-bench/kafka");
    Path folder = setting.fresh("neighbours-" + brokers);
    return new Neighbours(libraries, folder, setting.serverCores, brokers);
  }

  private Fleet fleet(String name, Neighbours neighbours, List<String> processes) {
    Path folder = setting.fresh("fleet-" + name);
    return new Fleet(name, Setting.root(), folder, setting.serverCores, "", neighbours, processes);
  }

  private Cost cost(Server server, @Nullable Neighbours neighbours) throws InterruptedException {
    new WarmUp(setting).until(server, List.of(WINDOW));
    List<Cost> costs = new ArrayList<>();
    for (int round = 1; round <= setting.rounds; round++) {
      Cost cost = round(server, neighbours);
      costs.add(cost);
      setting.progress("round %d  %s: %s".formatted(round, server.name(), cost));
    }
    return Cost.middle(costs);
  }

  private Cost round(Server server, @Nullable Neighbours neighbours) throws InterruptedException {
    try (Load load = new Load(server.port(), setting.connections, WINDOW, "device-")) {
      Cost.Used before = Cost.Used.by(server, neighbours);
      long begun = System.nanoTime();
      long acked = load.saturate(setting.length()).acked();
      long nanos = server.settle() - begun;
      return Cost.between(before, Cost.Used.by(server, neighbours), acked, nanos);
    }
  }

  private Row row(String what, Server server, Cost cost) {
    awaitBalance(what, server);
    String how =
        "%d devices, %d unacked, %d rounds".formatted(setting.connections, WINDOW, setting.rounds);
    return cost.row(what, how);
  }

  /** The desk's copy of the states may come a moment after them. */
  private void awaitBalance(String what, Server server) {
    long deadline = System.nanoTime() + BALANCE_NANOS;
    Server.Count count = server.count().orElseThrow();
    while (!count.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(what + ": the books do not balance: " + count);
      }
      setting.progress(what + ": not balanced yet: " + count);
      LockSupport.parkNanos(GLANCE_NANOS);
      count = server.count().orElseThrow();
    }
  }

  /** From the death of one of two workers until no more than a second of messages waits. */
  private Row killedWorker(Fleet fleet) throws InterruptedException {
    try (Load load = new Load(fleet.port(), setting.connections, WINDOW, "device-")) {
      load.pace(pace.perSecond, setting.length());
      CompletableFuture<Load.Run> loading =
          CompletableFuture.supplyAsync(() -> load.pace(pace.perSecond, Duration.ofSeconds(rest)));
      long killed = System.nanoTime();
      fleet.kill("worker-2");
      long much = Math.round(pace.perSecond * BEHIND_SECONDS);
      double seconds = new Backlog(fleet::inFlight).secondsUntilGone(killed, much);
      double worst = loading.join().millis(100);
      return Row.plain(
          "until one of two workers, killed, is made good",
          seconds,
          "s",
          "%d messages/s go on, slowest acknowledgement meanwhile %s ms; until less than %s s of messages wait"
              .formatted(pace.perSecond, Row.number(worst), Row.number(BEHIND_SECONDS)));
    }
  }

  private List<Row> catchUp(Fleet fleet) throws InterruptedException {
    long waiting;
    double seconds;
    try (Load load = new Load(fleet.port(), setting.connections, WINDOW, "device-")) {
      fleet.kill("worker-1");
      load.pace(pace.perSecond, Duration.ofSeconds(rest));
      fleet.start("worker-1");
      waiting = fleet.inFlight();
      long begun = System.nanoTime();
      seconds = (fleet.settle() - begun) / 1e9;
    }
    return caughtUp(waiting, seconds, rest, pace.perSecond);
  }

  /**
   * What was measured, and what an hour's rest would take.
   *
   * @param waiting messages after the rest
   * @param seconds until none waited
   * @param rest how long nobody worked, seconds
   * @param pace messages a second meanwhile
   * @throws IllegalStateException if none waited
   */
  static List<Row> caughtUp(long waiting, double seconds, int rest, int pace) {
    if (waiting <= 0) {
      throw new IllegalStateException(
          "nothing waited after %d s without a worker; give --rest or --pace more".formatted(rest));
    }
    double rate = waiting / seconds;
    String how =
        "%d messages after %d s without a worker, nothing new meanwhile; one core with all"
            .formatted(waiting, rest);
    return List.of(
        Row.plain("catching up, one worker", rate, "messages/s", how),
        Row.plain(
            "catching up after an hour at %d/s, reckoned from it".formatted(pace),
            HOUR * pace / rate,
            "s",
            "without what comes meanwhile"));
  }

  /** One of three brokers ends; how long the slowest device waited for its acknowledgement. */
  private Row killedBroker(Fleet fleet, Neighbours three) throws InterruptedException {
    try (Load load = new Load(fleet.port(), setting.connections, WINDOW, "device-")) {
      load.pace(pace.perSecond, setting.length());
      CompletableFuture<Load.Run> loading =
          CompletableFuture.supplyAsync(() -> load.pace(pace.perSecond, Duration.ofSeconds(rest)));
      LockSupport.parkNanos(setting.length().toNanos());
      three.killBroker(1);
      Load.Run run = loading.join();
      fleet.settle();
      awaitBalance("after a killed broker", fleet);
      return Row.plain(
          "slowest acknowledgement while one of three brokers is killed",
          run.millis(100) / 1e3,
          "s",
          "%d messages/s, %,d acknowledged, median %s ms; the books balance afterwards"
              .formatted(pace.perSecond, run.acked(), Row.number(run.millis(50))));
    }
  }
}
