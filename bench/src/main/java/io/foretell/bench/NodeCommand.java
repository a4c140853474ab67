package io.foretell.bench;

import io.foretell.bench.load.Load;
import io.foretell.bench.server.Foretell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The whole server on two cores, which the generator shares with it: how many messages a second go
 * all the way, and how long an acknowledgement takes at half of that.
 */
@Command(name = "node", description = "The whole server on two cores: rate, and delay at half.")
final class NodeCommand implements Callable<Integer> {
  private static final int WINDOW = 10;

  @Mixin private Setting setting = new Setting();

  NodeCommand() {}

  NodeCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() throws InterruptedException {
    Path data = setting.fresh("node");
    List<Double> rates = new ArrayList<>();
    List<Double> delays = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (Foretell server = new Foretell(Setting.root(), data, Machine.allCores(), "")) {
      new WarmUp(setting).until(server, List.of(1, WINDOW));
      for (int round = 1; round <= setting.rounds; round++) {
        try (Load load = new Load(server.port(), setting.connections, WINDOW, "device-")) {
          long begun = System.nanoTime();
          Load.Run full = load.saturate(setting.length());
          double rate = full.acked() * 1e9 / (server.settle() - begun);
          double sync = Machine.syncMillis(setting.data).middle();
          load.pace(rate / 2, Duration.ofSeconds(1));
          double delay = load.pace(rate / 2, setting.length()).millis(99);
          server.settle();
          rates.add(rate);
          delays.add(delay);
          ratios.add(delay / sync);
          setting.progress(
              "round %d  whole, all cores: %s messages/s all the way; at half p99 %s ms, fdatasync %s ms"
                  .formatted(round, Row.number(rate), Row.number(delay), Row.number(sync)));
        }
      }
    }
    return rows(Median.of(rates), Median.of(delays), Median.of(ratios));
  }

  private List<Row> rows(Median rate, Median delay, Median ratio) {
    return List.of(
        Row.atLeast(
            "one node, 2 cores, whole pipeline, messages of 3 signals",
            15_000,
            rate.middle(),
            "/s",
            "%d devices, %d unacked, until all is diagnosed; the generator on the same cores; %s"
                .formatted(setting.connections, WINDOW, rate)),
        Row.atMost(
            "acknowledgement p99 at half of that rate / one fdatasync",
            10,
            ratio.middle(),
            "",
            "p99 %s ms, from the moment it was due; %s".formatted(delay, ratio)));
  }
}
