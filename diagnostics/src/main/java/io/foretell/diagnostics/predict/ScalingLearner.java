package io.foretell.diagnostics.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learns a {@link Scaling} from a table. Settings that fall into a few tight clusters make regimes;
 * settings that merely vary make none.
 */
final class ScalingLearner {
  private static final int MAX_REGIMES = 8;
  private static final int ROUNDS = 50;

  /** Clusters are tight where this share of the settings' variance, or less, is within them. */
  private static final double TIGHT = 1e-3;

  /** A sensor stands still where its spread is below this share of its size. */
  private static final double STILL = 1e-7;

  private final double[][] points;
  private final double[] mean;
  private final double[] spread;

  private ScalingLearner(double[][] settings) {
    int width = settings[0].length;
    mean = new double[width];
    spread = new double[width];
    points = new double[settings.length][width];
    for (int i = 0; i < width; i++) {
      Moments m = new Moments();
      for (double[] row : settings) {
        m.add(row[i]);
      }
      mean[i] = m.mean();
      spread[i] = m.still() ? 1 : m.deviation();
      for (int r = 0; r < settings.length; r++) {
        points[r][i] = (settings[r][i] - mean[i]) / spread[i];
      }
    }
  }

  static Scaling learn(RunToFailure table, List<String> settings) {
    int[] settingColumns = settings.stream().mapToInt(table::column).toArray();
    List<double[]> rows = new ArrayList<>();
    table.units().forEach(u -> rows.addAll(List.of(u.cycles())));
    double[][] at = new double[rows.size()][settings.size()];
    for (int r = 0; r < at.length; r++) {
      for (int i = 0; i < settingColumns.length; i++) {
        at[r][i] = rows.get(r)[settingColumns[i]];
      }
    }
    ScalingLearner learner = new ScalingLearner(at);
    double[][] centres = learner.centres();
    List<String> all = new ArrayList<>(table.signals());
    all.removeAll(settings);
    Moments[][] moments = moments(table, rows, all, learner.regimes(centres), centres.length);
    return scaling(settings, all, learner, centres, moments);
  }

  private static Scaling scaling(
      List<String> settings,
      List<String> all,
      ScalingLearner learner,
      double[][] centres,
      Moments[][] moments) {
    List<Integer> varying = new ArrayList<>();
    for (int s = 0; s < all.size(); s++) {
      int sensor = s;
      if (Arrays.stream(moments).anyMatch(regime -> !regime[sensor].still())) {
        varying.add(s);
      }
    }
    double[][] means = new double[centres.length][varying.size()];
    double[][] spreads = new double[centres.length][varying.size()];
    for (int r = 0; r < centres.length; r++) {
      for (int s = 0; s < varying.size(); s++) {
        Moments m = moments[r][varying.get(s)];
        means[r][s] = m.mean();
        spreads[r][s] = m.still() ? 0 : m.deviation();
      }
    }
    List<String> sensors = varying.stream().map(all::get).toList();
    return new Scaling(
        List.copyOf(settings), sensors, learner.mean, learner.spread, centres, means, spreads);
  }

  private static Moments[][] moments(
      RunToFailure table, List<double[]> rows, List<String> sensors, int[] regimes, int count) {
    int[] columns = sensors.stream().mapToInt(table::column).toArray();
    Moments[][] moments = new Moments[count][columns.length];
    for (Moments[] regime : moments) {
      Arrays.setAll(regime, s -> new Moments());
    }
    for (int r = 0; r < regimes.length; r++) {
      for (int s = 0; s < columns.length; s++) {
        moments[regimes[r]][s].add(rows.get(r)[columns[s]]);
      }
    }
    return moments;
  }

  /** The fewest centres that hold the settings tightly; one where eight do not. */
  private double[][] centres() {
    double[][] one = lloyd(1);
    double whole = within(one);
    if (mean.length == 0 || whole == 0) {
      return one;
    }
    for (int k = 2; k <= MAX_REGIMES; k++) {
      double[][] centres = lloyd(k);
      if (within(centres) <= TIGHT * whole) {
        return centres;
      }
    }
    return one;
  }

  /** Lloyd's algorithm from farthest-first centres, so that the same table gives the same. */
  private double[][] lloyd(int k) {
    double[][] centres = farthestFirst(k);
    for (int round = 0; round < ROUNDS; round++) {
      double[][] sums = new double[k][mean.length];
      int[] sizes = new int[k];
      for (double[] p : points) {
        int c = nearest(centres, p);
        sizes[c]++;
        for (int i = 0; i < p.length; i++) {
          sums[c][i] += p[i];
        }
      }
      boolean moved = false;
      for (int c = 0; c < k; c++) {
        for (int i = 0; i < mean.length && sizes[c] > 0; i++) {
          double next = sums[c][i] / sizes[c];
          moved |= next != centres[c][i];
          centres[c][i] = next;
        }
      }
      if (!moved) {
        return centres;
      }
    }
    return centres;
  }

  private double[][] farthestFirst(int k) {
    double[][] centres = new double[k][];
    centres[0] = points[0].clone();
    double[] least = new double[points.length];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int c = 1; c < k; c++) {
      int farthest = 0;
      for (int p = 0; p < points.length; p++) {
        least[p] = Math.min(least[p], distance(points[p], centres[c - 1]));
        if (least[p] > least[farthest]) {
          farthest = p;
        }
      }
      centres[c] = points[farthest].clone();
    }
    return centres;
  }

  private int[] regimes(double[][] centres) {
    int[] regimes = new int[points.length];
    for (int p = 0; p < points.length; p++) {
      regimes[p] = nearest(centres, points[p]);
    }
    return regimes;
  }

  private double within(double[][] centres) {
    double sum = 0;
    for (double[] p : points) {
      sum += distance(p, centres[nearest(centres, p)]);
    }
    return sum;
  }

  private static int nearest(double[][] centres, double[] p) {
    int nearest = 0;
    for (int c = 1; c < centres.length; c++) {
      if (distance(p, centres[c]) < distance(p, centres[nearest])) {
        nearest = c;
      }
    }
    return nearest;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  /** Mean and deviation by Welford's method (Technometrics 4, 1962); passes over NaN. */
  private static final class Moments {
    private long n;
    private double mean;
    private double squares;

    void add(double value) {
      if (Double.isNaN(value)) {
        return;
      }
      n++;
      double before = value - mean;
      mean += before / n;
      squares += before * (value - mean);
    }

    double mean() {
      return mean;
    }

    double deviation() {
      return n < 2 ? 0 : Math.sqrt(squares / (n - 1));
    }

    boolean still() {
      return deviation() <= STILL * Math.max(1, Math.abs(mean));
    }
  }
}
