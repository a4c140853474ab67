package io.foretell.bench;

import io.foretell.bench.load.Load;
import io.foretell.bench.server.Server;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * MQTT QoS 1 against Mosquitto, HiveMQ, and Netty's codec with nothing behind it. All servers are
 * up, pinned to the same core; in each round each has its turn, one after the other. A run ends
 * when everything that was acknowledged is also decoded and routed (or forwarded), and the CPU time
 * counts until then.
 */
@Command(name = "mqtt", description = "MQTT QoS 1, ours and its peers in turn.")
final class MqttCommand implements Callable<Integer> {
  private static final Duration BETWEEN = Duration.ofMillis(300);
  private static final Duration SHORT_WARM_UP = Duration.ofSeconds(1);
  private static final double WARM = 0.05;
  private static final int TRIES = 4;
  private static final int ORDINARY = 1_000;
  private static final String ALL = "mosquitto,hivemq,netty,routed,memory,whole";

  @Mixin private Setting setting = new Setting();

  @Option(
      names = "--window",
      paramLabel = "W",
      split = ",",
      defaultValue = "1,10",
      converter = AtLeastOne.class,
      description = "Unacknowledged PUBLISH a device (default: ${DEFAULT-VALUE}).")
  private List<Integer> windows = List.of(1, 10);

  @Option(
      names = "--servers",
      paramLabel = "NAME",
      split = ",",
      defaultValue = ALL,
      description = "Which (default: ${DEFAULT-VALUE}).")
  private List<String> servers = List.of();

  MqttCommand() {}

  MqttCommand(Setting setting) {
    this(setting, List.of(ALL.split(",")), List.of(1, 10));
  }

  MqttCommand(Setting setting, List<String> servers, List<Integer> windows) {
    this.setting = setting;
    this.servers = servers;
    this.windows = windows;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() throws InterruptedException {
    if (servers.contains("hivemq") && !Files.isDirectory(Setting.hiveMq())) {
      setting.progress("HiveMQ is left out: its libraries are not in " + Setting.hiveMq());
      servers = servers.stream().filter(name -> !name.equals("hivemq")).toList();
    }
    Machine.checkFiles(setting.connections);
    List<Sample> samples = measure();
    if (setting.json) {
      samples.forEach(sample -> System.out.println(sample.json()));
    } else {
      System.out.println(summary(samples));
    }
    return compare(samples);
  }

  private List<Sample> measure() throws InterruptedException {
    Map<String, Server> up = new LinkedHashMap<>();
    List<Sample> samples = new ArrayList<>();
    try {
      for (String name : servers) {
        Server server = setting.start(name);
        up.put(name, server);
        warmUp(server);
      }
      for (int round = 1; round <= setting.rounds; round++) {
        for (int window : windows) {
          for (Server server : up.values()) {
            Sample sample = warmRun(server, window, round);
            setting.progress(sample.line());
            samples.add(sample);
          }
        }
      }
    } finally {
      up.values().forEach(Server::close);
    }
    return samples;
  }

  private void warmUp(Server server) throws InterruptedException {
    new WarmUp(setting).until(server, windows);
  }

  /** A run in which the JVM still compiled much is done again. */
  private Sample warmRun(Server server, int window, int round) throws InterruptedException {
    Sample sample = run(server, window, round);
    for (int i = 1;
        i < TRIES && sample.compilingPerMillion() > WARM * sample.cpuPerMillion();
        i++) {
      setting.progress("again, it was still compiling: " + sample.line());
      sample = run(server, window, round);
    }
    return sample;
  }

  private Sample run(Server server, int window, int round) throws InterruptedException {
    try (Load load = new Load(server.port(), setting.connections, window, "device-")) {
      load.saturate(SHORT_WARM_UP);
      server.settle();
      LockSupport.parkNanos(BETWEEN.toNanos());
      Optional<Server.Count> countBefore = server.count();
      double beside = server.besideSeconds();
      double own = Machine.ownSeconds();
      Machine.Used used = Machine.used();
      double cpu = server.cpuSeconds();
      double compiling = server.compilerSeconds();
      long begun = System.nanoTime();
      Load.Run run = load.saturate(setting.length());
      double seconds = (server.settle() - begun) / 1e9;
      cpu = server.cpuSeconds() - cpu;
      compiling = server.compilerSeconds() - compiling;
      double others = others(used, cpu + Machine.ownSeconds() - own);
      beside = server.besideSeconds() - beside;
      conserved(server, countBefore, run.acked());
      return new Sample(
          server.name(),
          window,
          round,
          run.acked(),
          cpu * 1e6 / run.acked(),
          compiling * 1e6 / run.acked(),
          beside * 1e6 / run.acked(),
          run.perSecond(),
          run.acked() / seconds,
          run.millis(50),
          run.millis(99),
          others);
    }
  }

  private static double others(Machine.Used before, double ours) {
    Machine.Used now = Machine.used();
    return Math.max(0, now.busy() - before.busy() - ours) / (now.all() - before.all());
  }

  /** Everything acknowledged was stored (or forwarded), and nothing else. */
  private static void conserved(Server server, Optional<Server.Count> before, long acked) {
    Optional<Server.Count> after = server.count();
    if (before.isEmpty() || after.isEmpty()) {
      return;
    }
    long stored = after.get().stored() - before.get().stored();
    long rejected = after.get().rejected() - before.get().rejected();
    if (stored != acked || rejected != 0 || !after.get().holds()) {
      throw new IllegalStateException(
          "%s: %d acknowledged, %d stored, %d rejected, books %s"
              .formatted(
                  server.name(),
                  acked,
                  stored,
                  rejected,
                  after.get().holds() ? "balance" : "do not balance"));
    }
  }

  private String summary(List<Sample> samples) {
    StringBuilder text =
        new StringBuilder(
            "| server | unacked | CPU-s per million | of it compiling | subscriber beside | messages/s acked | messages/s done | p50 ms |"
                + " p99 ms | others' CPU |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (int window : windows) {
      for (String server : servers) {
        List<Sample> of = select(samples, server, window);
        text.append("| ").append(server).append(" | ").append(window);
        for (ToDoubleFunction<Sample> figure : FIGURES) {
          text.append(" | ").append(median(of, figure));
        }
        text.append(" |\n");
      }
    }
    return text.toString();
  }

  private static final List<ToDoubleFunction<Sample>> FIGURES =
      List.of(
          Sample::cpuPerMillion,
          Sample::compilingPerMillion,
          Sample::besidePerMillion,
          Sample::ackedPerSecond,
          Sample::donePerSecond,
          Sample::p50Millis,
          Sample::p99Millis,
          Sample::others);

  private static Median median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
    return Median.of(samples.stream().mapToDouble(figure).boxed().toList());
  }

  private static List<Sample> select(List<Sample> samples, String server, int window) {
    return samples.stream()
        .filter(sample -> sample.server().equals(server) && sample.window() == window)
        .toList();
  }

  private List<Row> compare(List<Sample> samples) {
    List<Row> rows = new ArrayList<>();
    for (int window : windows) {
      String unacked = ", " + window + " unacked a device" + devices();
      ratio(samples, "routed", "mosquitto", window, Sample::cpuPerMillion)
          .ifPresent(
              m ->
                  rows.add(
                      goal(
                          "MQTT QoS 1, durable, decoded and routed / Mosquitto to one subscriber,"
                              + " CPU"
                              + unacked,
                          reach(window, 0.8, 0.2),
                          m)));
      ratio(samples, "whole", "mosquitto", window, Sample::cpuPerMillion)
          .ifPresent(
              m ->
                  rows.add(
                      goal(
                          "whole pipeline / the same Mosquitto chain, CPU" + unacked,
                          reach(window, 1.2, Double.NaN),
                          m)));
      ratio(samples, "routed", "memory", window, Sample::ackedPerSecond)
          .ifPresent(
              m ->
                  rows.add(
                      Row.atLeast(
                          "durable / non-durable, messages a second at saturation" + unacked,
                          0.5,
                          m.middle(),
                          "",
                          spread(m))));
      peer(samples, "hivemq", "HiveMQ CE in memory to one subscriber", window).ifPresent(rows::add);
      peer(samples, "netty", "Netty's MQTT codec alone", window).ifPresent(rows::add);
    }
    return rows;
  }

  private Optional<Row> peer(List<Sample> samples, String name, String called, int window) {
    String what = "durable, decoded and routed / %s, CPU, %d unacked a device%s";
    return ratio(samples, "routed", name, window, Sample::cpuPerMillion)
        .map(m -> goal(what.formatted(called, window, devices()), Double.NaN, m));
  }

  private String devices() {
    return setting.connections == ORDINARY
        ? ""
        : String.format(Locale.ROOT, ", %,d devices", setting.connections);
  }

  /** What is promised for a thousand devices. */
  private double reach(int window, double ofOne, double ofTen) {
    boolean promised = setting.connections == ORDINARY;
    return promised && window == 1 ? ofOne : promised && window == 10 ? ofTen : Double.NaN;
  }

  private static Row goal(String what, double reach, Median m) {
    return Double.isNaN(reach)
        ? Row.plain(what, m.middle(), "", spread(m))
        : Row.atMost(what, reach, m.middle(), "", spread(m));
  }

  private static String spread(Median m) {
    return "median of %d rounds, each round its own ratio, %s–%s"
        .formatted(m.count(), Row.number(m.least()), Row.number(m.most()));
  }

  private static Optional<Median> ratio(
      List<Sample> samples,
      String ours,
      String theirs,
      int window,
      ToDoubleFunction<Sample> figure) {
    List<Sample> above = select(samples, ours, window);
    List<Sample> below = select(samples, theirs, window);
    if (above.isEmpty() || below.isEmpty()) {
      return Optional.empty();
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < above.size(); i++) {
      ratios.add(figure.applyAsDouble(above.get(i)) / figure.applyAsDouble(below.get(i)));
    }
    return Optional.of(Median.of(ratios));
  }
}
