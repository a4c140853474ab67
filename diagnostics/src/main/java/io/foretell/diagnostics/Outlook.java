package io.foretell.diagnostics;

import java.util.List;
import java.util.Map;

/** How a detector sees a device now. */
public sealed interface Outlook {
  /** What it is about: the cause that a finding on it has. */
  String subject();

  /**
   * How long a part will last.
   *
   * @param subject {@code rul:engine}
   * @param trend predictions, oldest first, the newest last; never empty
   * @param cycleMillis how long a cycle takes in event time; 0 while unknown
   * @param alarmed whether a failure is predicted within the horizon
   * @param drivers signal to the cycles that it takes off (or adds to) the prediction, the
   *     strongest few
   * @param model the predictor and its version
   */
  record RemainingLife(
      String subject,
      List<Prediction> trend,
      long cycleMillis,
      boolean alarmed,
      Map<String, Double> drivers,
      String model)
      implements Outlook {
    /** Copies the collections. */
    public RemainingLife {
      trend = List.copyOf(trend);
      drivers = Map.copyOf(drivers);
    }

    /** The newest prediction. */
    public Prediction latest() {
      return trend.get(trend.size() - 1);
    }
  }

  /**
   * Remaining life as predicted at one cycle, in cycles. All figures stop at the model's cap.
   *
   * @param at event time of the cycle, ms since 1970
   * @param cycle how many cycles were seen by then
   * @param rul the prediction
   * @param p10 lower end of the 80 % interval
   * @param p90 upper end of the 80 % interval
   */
  record Prediction(long at, int cycle, double rul, double p10, double p90) {}

  /**
   * How far a signal is from where it used to be.
   *
   * @param subject {@code drift:battery.voltage}
   * @param phase where the detector stands
   * @param baseline median of the learned samples
   * @param spread robust standard deviation of the learned samples
   * @param level the signal's recent level
   * @param score 0: no sign of drift; from 1 on it is drifting
   */
  record Drift(
      String subject, Phase phase, double baseline, double spread, double level, double score)
      implements Outlook {
    /** Where a drift detector stands. */
    public enum Phase {
      LEARNING,
      STEADY,
      DRIFTING
    }
  }
}
