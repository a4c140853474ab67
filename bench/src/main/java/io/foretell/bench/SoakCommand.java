package io.foretell.bench;

import io.foretell.bench.load.Load;
import io.foretell.bench.server.Foretell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The whole server under an even load for a long time: whether its memory stays flat. The first
 * third of the time does not count: caches fill, and the JVM compiles.
 */
@Command(name = "soak", description = "Memory and disk under an even load for a long time.")
final class SoakCommand implements Callable<Integer> {
  private static final Duration EVERY = Duration.ofSeconds(15);
  private static final double KIB_PER_MIB = 1024;

  /** All its pages are touched before, so resident memory grows by what is beside it. */
  private static final String FIXED_HEAP = "-Xms512m -Xmx512m -XX:+AlwaysPreTouch";

  /** Growth in an hour, as a share of what there is, that still counts as flat. */
  private static final double FLAT = 0.05;

  @Mixin private Setting setting = new Setting();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "30",
      converter = AtLeastOne.class,
      description = "How long (default: ${DEFAULT-VALUE}).")
  private int minutes = 30;

  @Mixin private Pace pace = new Pace(1_000);

  SoakCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  /**
   * How it stood at some time.
   *
   * @param minute since the load began
   * @param heap living objects after a full collection, MiB
   * @param resident MiB
   * @param committed the heap's part of it, MiB
   * @param disk MiB
   */
  private record State(double minute, double heap, double resident, double committed, double disk) {
    double beside() {
      return resident - committed;
    }
  }

  List<Row> rows() throws InterruptedException {
    Path data = setting.fresh("soak");
    List<State> states = new ArrayList<>();
    long acked = 0;
    try (Foretell server = new Foretell(Setting.root(), data, Machine.allCores(), FIXED_HEAP);
        Load load = new Load(server.port(), setting.connections, 10, "device-")) {
      long begun = System.nanoTime();
      long end = begun + Duration.ofMinutes(minutes).toNanos();
      while (System.nanoTime() < end) {
        acked += load.pace(pace.perSecond, EVERY).acked();
        State state = state(server, data, (System.nanoTime() - begun) / 60e9);
        states.add(state);
        setting.progress(line(state));
      }
      server.settle();
      if (!server.count().orElseThrow().holds()) {
        throw new IllegalStateException("the books do not balance");
      }
    }
    List<State> counted = states.subList(states.size() / 3, states.size());
    String how = "%d min, %d devices, %,d messages".formatted(minutes, setting.connections, acked);
    return List.of(
        row("heap after a full collection", counted, State::heap, true, how),
        row("resident memory beside the heap", counted, State::beside, true, how),
        row("disk", counted, State::disk, false, how));
  }

  private static State state(Foretell server, Path data, double minute) {
    double heap = Jcmd.liveHeapKib(server.pid()) / KIB_PER_MIB;
    double committed = Jcmd.committedHeapKib(server.pid()) / KIB_PER_MIB;
    double resident = server.residentKib() / KIB_PER_MIB;
    return new State(minute, heap, resident, committed, size(data) / KIB_PER_MIB / KIB_PER_MIB);
  }

  private static String line(State state) {
    return String.format(
        Locale.ROOT,
        "minute %5.1f  heap %.1f MiB  resident %.1f MiB  beside the heap %.1f MiB  disk %.1f MiB",
        state.minute,
        state.heap,
        state.resident,
        state.beside(),
        state.disk);
  }

  private static Row row(
      String what, List<State> states, ToDoubleFunction<State> of, boolean judged, String how) {
    double slope = slope(states, of) * 60;
    Median level = Median.of(states.stream().map(of::applyAsDouble).toList());
    double share = slope / level.middle();
    String verdict = judged ? share <= FLAT ? "; flat" : "; grows" : "";
    String text =
        "%s MiB, %+.1f %% an hour%s; %s"
            .formatted(Row.number(level.middle()), 100 * share, verdict, how);
    String name = "soak: " + what + ", growth";
    return judged
        ? Row.atMost(name, 100 * FLAT, 100 * share, "%/h", text)
        : Row.plain(name, slope, "MiB/h", text);
  }

  /**
   * The middle of the slopes between all pairs of states (Theil and Sen): a few states that stand
   * out, between two collections, do not move it.
   */
  static double slope(List<Double> at, List<Double> values) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < at.size(); i++) {
      for (int j = i + 1; j < at.size(); j++) {
        slopes.add((values.get(j) - values.get(i)) / (at.get(j) - at.get(i)));
      }
    }
    return slopes.isEmpty() ? 0 : Median.of(slopes).middle();
  }

  private static double slope(List<State> states, ToDoubleFunction<State> of) {
    return slope(
        states.stream().map(State::minute).toList(),
        states.stream().map(of::applyAsDouble).toList());
  }

  private static long size(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      // Files come and go meanwhile; one that has gone has no length.
      return all.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalStateException("cannot measure " + folder, e);
    }
  }
}
