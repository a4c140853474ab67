package io.foretell.diagnostics.predict;

import java.util.List;

/** The features of recorded lives, reckoned by the same {@link LifeWindow} as online. */
final class UnitFeatures {
  private final Scaling scaling;
  private final int[] settings;
  private final int[] sensors;

  UnitFeatures(Scaling scaling, RunToFailure table) {
    this.scaling = scaling;
    this.settings = columns(scaling.settings(), table);
    this.sensors = columns(scaling.sensors(), table);
  }

  /** One row a cycle. */
  float[][] rows(RunToFailure.Unit unit) {
    LifeWindow window = new LifeWindow(sensors.length);
    float[][] rows = new float[unit.cycles().length][];
    for (int c = 0; c < rows.length; c++) {
      double[] values = unit.cycles()[c];
      window.add(scaling.steps(pick(values, settings), pick(values, sensors)));
      rows[c] = window.features();
    }
    return rows;
  }

  private static double[] pick(double[] values, int[] columns) {
    double[] picked = new double[columns.length];
    for (int i = 0; i < columns.length; i++) {
      picked[i] = values[columns[i]];
    }
    return picked;
  }

  private static int[] columns(List<String> names, RunToFailure table) {
    return names.stream().mapToInt(table::column).toArray();
  }
}
