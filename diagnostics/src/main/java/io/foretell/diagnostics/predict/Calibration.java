package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import java.util.Arrays;

/**
 * How far predictions were from the truth, on units that the trees had not seen, by how much life
 * they predicted: so how far they may be from it now. Cross-conformal prediction (Vovk, Annals of
 * Mathematics and AI 74, 2015) with one table for each range of predictions, and straight lines
 * between the ranges. Cycles of one unit are alike, so levels are widened as for that many units,
 * not for that many cycles.
 *
 * @param centres mean prediction of each range, ascending
 * @param quantiles range by level: truth less prediction, cycles, ascending
 */
record Calibration(double[] centres, double[][] quantiles) {
  private static final int RANGES = 12;
  private static final int LEVELS = 19;

  /**
   * @param predicted by trees that had not seen the unit
   * @param truth the same rows
   * @param units that the rows come from
   */
  static Calibration learn(double[] predicted, float[] truth, int units) {
    Integer[] order = new Integer[predicted.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(predicted[a], predicted[b]));
    int ranges = Math.max(1, Math.min(RANGES, order.length / LEVELS));
    double[] centres = new double[ranges];
    double[][] quantiles = new double[ranges][];
    for (int r = 0; r < ranges; r++) {
      int from = (int) ((long) r * order.length / ranges);
      int to = (int) ((long) (r + 1) * order.length / ranges);
      double[] off = new double[to - from];
      for (int i = from; i < to; i++) {
        centres[r] += predicted[order[i]] / off.length;
        off[i - from] = truth[order[i]] - predicted[order[i]];
      }
      Arrays.sort(off);
      quantiles[r] = quantiles(off, units);
    }
    return new Calibration(centres, quantiles);
  }

  private static double[] quantiles(double[] sorted, int units) {
    double[] quantiles = new double[LEVELS];
    for (int l = 0; l < LEVELS; l++) {
      double level = level(l);
      double widened = level + (level - 0.5) / units;
      double at = Math.max(0, Math.min(1, widened)) * (sorted.length - 1);
      int below = (int) at;
      int above = Math.min(below + 1, sorted.length - 1);
      quantiles[l] = sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
    return quantiles;
  }

  /** 5 %, 10 %, … 95 %. */
  private static double level(int place) {
    return (place + 1) / (LEVELS + 1.0);
  }

  /** What the truth exceeds with a probability of {@code 1 - level}. */
  double at(double prediction, double level) {
    double place = Math.max(0, Math.min(LEVELS - 1, level * (LEVELS + 1) - 1));
    int below = (int) place;
    int above = Math.min(below + 1, LEVELS - 1);
    double low = off(prediction, below);
    return prediction + low + (place - below) * (off(prediction, above) - low);
  }

  /** The probability, 5–95 %, that the truth is not more than {@code horizon}. */
  double within(double prediction, double horizon) {
    double before = prediction + off(prediction, 0);
    if (horizon <= before) {
      return level(0);
    }
    for (int l = 1; l < LEVELS; l++) {
      double here = prediction + off(prediction, l);
      if (horizon <= here) {
        double part = here > before ? (horizon - before) / (here - before) : 1;
        return level(l - 1) + part * (level(l) - level(l - 1));
      }
      before = here;
    }
    return level(LEVELS - 1);
  }

  private double off(double prediction, int level) {
    int above = 0;
    while (above < centres.length && centres[above] < prediction) {
      above++;
    }
    if (above == 0) {
      return quantiles[0][level];
    }
    if (above == centres.length) {
      return quantiles[above - 1][level];
    }
    double part = (prediction - centres[above - 1]) / (centres[above] - centres[above - 1]);
    double low = quantiles[above - 1][level];
    return low + part * (quantiles[above][level] - low);
  }

  void pack(Packer out) {
    out.count(centres.length);
    for (int r = 0; r < centres.length; r++) {
      out.real(centres[r]);
      for (double q : quantiles[r]) {
        out.real(q);
      }
    }
  }

  static Calibration unpack(Unpacker in) {
    int ranges = in.length();
    double[] centres = new double[ranges];
    double[][] quantiles = new double[ranges][LEVELS];
    for (int r = 0; r < ranges; r++) {
      centres[r] = in.real();
      for (int l = 0; l < LEVELS; l++) {
        quantiles[r][l] = in.real();
      }
    }
    return new Calibration(centres, quantiles);
  }
}
