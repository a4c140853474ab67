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
    List<Double> first = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    // The script builds what is missing, and the JVM makes its class archive, at a start before.
    seconds(setting.fresh("start"));
    for (int i = 0; i < STARTS; i++) {
      Path data = setting.fresh("start");
      first.add(seconds(data));
      again.add(seconds(data));
    }
    Median onFresh = Median.of(first);
    Median onOld = Median.of(again);
    return List.of(
        Row.atMost(
            "start to ready, embedded, data folder from before",
            3,
            onOld.middle(),
            "s",
            how(onOld)),
        Row.atMost(
            "start to ready, embedded, very first start", 3, onFresh.middle(), "s", how(onFresh)));
  }

  private static String how(Median m) {
    return "process start to ready line, median of %d, %s–%s"
        .formatted(m.count(), Row.number(m.least()), Row.number(m.most()));
  }

  private double seconds(Path data) {
    try (Foretell server = new Foretell(Setting.root(), data, Machine.allCores(), "")) {
      setting.progress("ready after %.2f s".formatted(server.secondsToReady()));
      return server.secondsToReady();
    }
  }
}
