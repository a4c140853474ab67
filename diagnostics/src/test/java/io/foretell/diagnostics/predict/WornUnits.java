package io.foretell.diagnostics.predict;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Made-up units that wear: two sensors that show it, one that does not, one that stands still. */
final class WornUnits {
  static final List<String> SIGNALS =
      List.of("pump.load", "pump.heat", "pump.noise", "pump.hum", "pump.fixed");
  static final List<String> SETTINGS = List.of("pump.load");

  private WornUnits() {}

  static RunToFailure table(int units, long seed) {
    Random random = new Random(seed);
    List<RunToFailure.Unit> all = new ArrayList<>();
    for (int u = 0; u < units; u++) {
      all.add(new RunToFailure.Unit("u" + u, life(120 + random.nextInt(80), random), 0));
    }
    return new RunToFailure(SIGNALS, all);
  }

  /** One life, cycle by signal; wear shows over the last 100 cycles. */
  static double[][] life(int cycles, Random random) {
    double[][] rows = new double[cycles][];
    for (int c = 0; c < cycles; c++) {
      double wear = Math.max(0, 100 - (cycles - 1 - c)) / 100.0;
      double load = random.nextBoolean() ? 10 : 50;
      rows[c] =
          new double[] {
            load,
            load + 20 * wear + random.nextGaussian(),
            2 * load + 10 * wear * wear + random.nextGaussian(),
            random.nextGaussian(),
            7
          };
    }
    return rows;
  }

  static TrainingOptions options() {
    return new TrainingOptions("pump", SETTINGS, 80, 4, 60, 0.1, 8, 10, 1, 0.5, 0.5, 7);
  }
}
