package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import java.util.ArrayList;
import java.util.List;

/**
 * What features need of a unit's life: how many cycles it has run, sums over its first cycles, and
 * its last cycles as a ring. The one place where features are reckoned, for training as online.
 *
 * <p>Features, for each sensor in standard deviations: means over the last 5, 20 and 40 cycles,
 * least-squares slopes over the last 20 and 40, and the mean over the last 15 less the mean of the
 * first 20. Besides, the number of the cycle. Where the life is still shorter, the cycles there
 * are.
 */
final class LifeWindow {
  private static final int LENGTH = 40;
  private static final int BASELINE = 20;
  private static final int RECENT = 15;
  private static final int[] MEANS = {5, 20, 40};
  private static final int[] SLOPES = {20, 40};
  private static final int PER_SENSOR = MEANS.length + SLOPES.length + 1;

  private final int sensors;
  private final short[][] ring;
  private final int[] baseline;
  private int cycles;

  LifeWindow(int sensors) {
    this.sensors = sensors;
    this.ring = new short[LENGTH][sensors];
    this.baseline = new int[sensors];
  }

  int sensors() {
    return sensors;
  }

  /** How many cycles were added. */
  int cycles() {
    return cycles;
  }

  /** Names the features of a scaling's sensors, in their order. */
  static List<String> names(List<String> sensors) {
    List<String> names = new ArrayList<>();
    names.add("cycle");
    for (String s : sensors) {
      for (int w : MEANS) {
        names.add(s + " mean " + w);
      }
      for (int w : SLOPES) {
        names.add(s + " slope " + w);
      }
      names.add(s + " shift");
    }
    return List.copyOf(names);
  }

  /** The sensor behind a feature, by their places; -1 for the number of the cycle. */
  static int sensorOf(int feature) {
    return feature == 0 ? -1 : (feature - 1) / PER_SENSOR;
  }

  static int features(int sensors) {
    return 1 + sensors * PER_SENSOR;
  }

  /** Adds a cycle, in steps of {@link Scaling}; what is missing stays as it was. */
  void add(short[] steps) {
    short[] row = ring[cycles % LENGTH];
    for (int s = 0; s < sensors; s++) {
      short before = cycles == 0 ? 0 : ring[(cycles - 1) % LENGTH][s];
      row[s] = steps[s] == Scaling.MISSING ? before : steps[s];
      if (cycles < BASELINE) {
        baseline[s] += row[s];
      }
    }
    cycles++;
  }

  /** The features after the last cycle added. */
  float[] features() {
    float[] features = new float[features(sensors)];
    features[0] = cycles;
    int at = 1;
    for (int s = 0; s < sensors; s++) {
      for (int w : MEANS) {
        features[at++] = (float) mean(s, w);
      }
      for (int w : SLOPES) {
        features[at++] = (float) slope(s, w);
      }
      int first = Math.min(BASELINE, cycles);
      features[at++] = (float) (mean(s, RECENT) - (double) baseline[s] / (first * Scaling.STEPS));
    }
    return features;
  }

  private double mean(int sensor, int window) {
    int n = Math.min(window, cycles);
    int sum = 0;
    for (int i = cycles - n; i < cycles; i++) {
      sum += ring[i % LENGTH][sensor];
    }
    return (double) sum / (n * Scaling.STEPS);
  }

  /** Least squares: the sum of (i − middle)·z over that of (i − middle)² = n(n²−1)/12. */
  private double slope(int sensor, int window) {
    int n = Math.min(window, cycles);
    if (n < 2) {
      return 0;
    }
    long doubled = 0;
    for (int i = 0; i < n; i++) {
      doubled += (long) (2 * i - (n - 1)) * ring[(cycles - n + i) % LENGTH][sensor];
    }
    return 6.0 * doubled / ((double) n * ((double) n * n - 1) * Scaling.STEPS);
  }

  void pack(Packer out) {
    out.count(sensors).count(cycles);
    for (int s = 0; s < sensors; s++) {
      out.number(baseline[s]);
      for (int i = Math.max(0, cycles - LENGTH); i < cycles; i++) {
        out.number(ring[i % LENGTH][s]);
      }
    }
  }

  static LifeWindow unpack(Unpacker in) {
    LifeWindow window = new LifeWindow(in.length());
    window.cycles = in.whole();
    for (int s = 0; s < window.sensors; s++) {
      window.baseline[s] = in.integer();
      for (int i = Math.max(0, window.cycles - LENGTH); i < window.cycles; i++) {
        window.ring[i % LENGTH][s] = (short) in.integer();
      }
    }
    return window;
  }
}
