package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the sensors of a unit comparable: each value as its distance from the mean of its operating
 * regime, in standard deviations. The regime is the nearest centre in the space of the settings.
 *
 * <p>Distances are kept as whole numbers of {@value #STEPS} a standard deviation. Sums of whole
 * numbers are exact in any order, so features that are reckoned cycle by cycle equal those of a
 * whole table bit for bit; the rounding is a thousandth of the noise.
 *
 * @param settings names of the settings; empty: one regime
 * @param sensors names of the sensors that vary
 * @param settingMean to standardise settings before distances are taken
 * @param settingSpread the same; never 0
 * @param centres regime by setting, standardised
 * @param means regime by sensor
 * @param spreads regime by sensor; 0 where the sensor stands still in that regime
 */
record Scaling(
    List<String> settings,
    List<String> sensors,
    double[] settingMean,
    double[] settingSpread,
    double[][] centres,
    double[][] means,
    double[][] spreads) {
  /** Parts of a standard deviation. */
  static final int STEPS = 1024;

  /** The value that says that there is none. */
  static final short MISSING = Short.MIN_VALUE;

  /** A cycle's sensors in steps, for {@link LifeWindow}. */
  short[] steps(double[] cycleSettings, double[] cycleSensors) {
    int regime = regime(cycleSettings);
    short[] steps = new short[cycleSensors.length];
    for (int s = 0; s < steps.length; s++) {
      steps[s] = steps(regime, s, cycleSensors[s]);
    }
    return steps;
  }

  /** The regime of a cycle, by the settings that are known. */
  private int regime(double[] cycleSettings) {
    int nearest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int r = 0; r < centres.length; r++) {
      double distance = 0;
      for (int i = 0; i < settings.size(); i++) {
        double d = (cycleSettings[i] - settingMean[i]) / settingSpread[i] - centres[r][i];
        distance += Double.isNaN(d) ? 0 : d * d;
      }
      if (distance < least) {
        least = distance;
        nearest = r;
      }
    }
    return nearest;
  }

  private short steps(int regime, int sensor, double value) {
    if (Double.isNaN(value)) {
      return MISSING;
    }
    double spread = spreads[regime][sensor];
    if (spread == 0) {
      return 0;
    }
    double steps = Math.rint((value - means[regime][sensor]) / spread * STEPS);
    return (short) Math.max(-Short.MAX_VALUE, Math.min(Short.MAX_VALUE, steps));
  }

  void pack(Packer out) {
    out.count(settings.size());
    settings.forEach(out::text);
    out.count(sensors.size());
    sensors.forEach(out::text);
    row(out, settingMean);
    row(out, settingSpread);
    rows(out, centres);
    rows(out, means);
    rows(out, spreads);
  }

  static Scaling unpack(Unpacker in) {
    return new Scaling(names(in), names(in), row(in), row(in), rows(in), rows(in), rows(in));
  }

  private static List<String> names(Unpacker in) {
    List<String> names = new ArrayList<>();
    for (int i = in.length(); i > 0; i--) {
      names.add(in.text());
    }
    return List.copyOf(names);
  }

  private static void row(Packer out, double[] row) {
    out.count(row.length);
    for (double v : row) {
      out.real(v);
    }
  }

  private static double[] row(Unpacker in) {
    double[] row = new double[in.length()];
    for (int i = 0; i < row.length; i++) {
      row[i] = in.real();
    }
    return row;
  }

  private static void rows(Packer out, double[][] rows) {
    out.count(rows.length);
    for (double[] row : rows) {
      row(out, row);
    }
  }

  private static double[][] rows(Unpacker in) {
    double[][] rows = new double[in.length()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(in);
    }
    return rows;
  }
}
