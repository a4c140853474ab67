package io.foretell.bench;

import io.foretell.bench.server.Foretell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** From the start of {@code ./foretell serve} to its ready line, all cores. */
@Command(name = "start", description = "From the start of the server to its ready line.")
final class StartCommand implements Callable<Integer> {
  private static final int STARTS = 5;

  @Mixin private Setting setting = new Setting();

  StartCommand() {}

  StartCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() {
    List<Start> first = new ArrayList<>();
    List<Start> again = new ArrayList<>();
    // What the script makes once, a build and a class archive, it makes at a start before.
    start(setting.fresh("start"));
    for (int i = 0; i < STARTS; i++) {
      Path data = setting.fresh("start");
      first.add(start(data));
      again.add(start(data));
    }
    return List.of(row("data folder from before", again), row("very first start", first));
  }

  /** Seconds by the clock, and of CPU. */
  private record Start(double wall, double cpu) {}

  private static Row row(String which, List<Start> starts) {
    Median wall = Median.of(starts.stream().map(Start::wall).toList());
    Median cpu = Median.of(starts.stream().map(Start::cpu).toList());
    String how =
        "process start to ready line, median of %d, %s–%s s; %s s of CPU"
            .formatted(
                wall.count(),
                Row.number(wall.least()),
                Row.number(wall.most()),
                Row.number(cpu.middle()));
    return Row.atMost("start to ready, embedded, " + which, 3, wall.middle(), "s", how);
  }

  private Start start(Path data) {
    try (Foretell server = new Foretell(Setting.root(), data, Machine.allCores(), "")) {
      Start start = new Start(server.secondsToReady(), server.cpuToReady());
      setting.progress("ready after %.2f s, %.2f s of CPU".formatted(start.wall, start.cpu));
      return start;
    }
  }
}
