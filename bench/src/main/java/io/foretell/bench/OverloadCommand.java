package io.foretell.bench;

import io.foretell.bench.load.Hostile;
import io.foretell.bench.load.Load;
import io.foretell.bench.server.Foretell;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * What honest devices feel of hostile ones: how long their acknowledgements take beside strangers
 * at the same port, by how long they take without.
 */
@Command(name = "overload", description = "The delay of honest devices beside hostile ones.")
final class OverloadCommand implements Callable<Integer> {
  private static final double MOST = 2;
  private static final int WINDOW = 10;

  @Mixin private Setting setting = new Setting();

  @Mixin private Pace pace = new Pace(2_000);

  OverloadCommand() {}

  OverloadCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() throws InterruptedException {
    Map<Hostile.Manner, List<Double>> ratios = new EnumMap<>(Hostile.Manner.class);
    Map<Hostile.Manner, List<Double>> delays = new EnumMap<>(Hostile.Manner.class);
    try (Foretell server =
        new Foretell(Setting.root(), setting.fresh("overload"), setting.serverCores, "")) {
      new WarmUp(setting).until(server, List.of(WINDOW));
      try (Load honest = new Load(server.port(), setting.connections, WINDOW, "honest-")) {
        for (int round = 1; round <= setting.rounds; round++) {
          for (Hostile.Manner manner : Hostile.Manner.values()) {
            double alone = honest.pace(pace.perSecond, setting.length()).millis(99);
            double beside = beside(server.port(), manner, honest);
            delays.computeIfAbsent(manner, m -> new ArrayList<>()).add(beside);
            ratios.computeIfAbsent(manner, m -> new ArrayList<>()).add(beside / alone);
            setting.progress(
                "round %d  %s: p99 %s ms, alone %s ms"
                    .formatted(round, manner, Row.number(beside), Row.number(alone)));
          }
        }
        server.settle();
      }
    }
    return List.of(
        row("1,000 half-open sockets", Hostile.Manner.HALF_OPEN, delays, ratios),
        row("first packets of huge length", Hostile.Manner.HUGE_LENGTH, delays, ratios));
  }

  private double beside(int port, Hostile.Manner manner, Load honest) {
    try (Hostile strangers = new Hostile(port, manner)) {
      while (manner == Hostile.Manner.HALF_OPEN
          && strangers.came() < Hostile.AT_ONCE
          && strangers.coming()) {
        Thread.onSpinWait();
      }
      double delay = honest.pace(pace.perSecond, setting.length()).millis(99);
      setting.progress(
          "  %,d strangers, %d stayed longer than 6 s, %d honest ones lost"
              .formatted(strangers.came(), strangers.stayed(), honest.lost()));
      if (!strangers.coming() || strangers.stayed() > 0 || honest.lost() > 0) {
        throw new IllegalStateException(
            manner + ": strangers could not come, or stayed, or honest devices were lost");
      }
      return delay;
    }
  }

  private Row row(
      String beside,
      Hostile.Manner manner,
      Map<Hostile.Manner, List<Double>> delays,
      Map<Hostile.Manner, List<Double>> ratios) {
    Median ratio = Median.of(ratios.getOrDefault(manner, List.of()));
    return Row.atMost(
        "acknowledgement p99 beside " + beside + " / alone",
        MOST,
        ratio.middle(),
        "",
        "%d devices, %,d messages/s together; p99 %s ms; %s"
            .formatted(
                setting.connections,
                pace.perSecond,
                Median.of(delays.getOrDefault(manner, List.of())),
                ratio));
  }
}
