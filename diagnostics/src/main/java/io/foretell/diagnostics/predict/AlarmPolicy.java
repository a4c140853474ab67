package io.foretell.diagnostics.predict;

/**
 * When a predicted remaining life becomes a finding. It goes by the prediction itself.
 *
 * @param horizonCycles a failure within so many cycles is worth telling
 * @param confirm predictions in a row within the horizon until it is told
 * @param clearBeyond predictions from here on speak against it, cycles; above the horizon, so that
 *     a prediction at its edge does not come and go
 * @param clearAfter so many of them in a row clear it
 * @param minCycles so many cycles must be seen before anything is told
 */
public record AlarmPolicy(
    double horizonCycles, int confirm, double clearBeyond, int clearAfter, int minCycles) {
  /** Refuses a policy that would contradict itself. */
  public AlarmPolicy {
    if (horizonCycles <= 0 || confirm < 1 || clearBeyond < horizonCycles || clearAfter < 1) {
      throw new IllegalArgumentException("alarm policy out of range");
    }
  }

  /** Two predictions within the horizon raise it, five beyond twice the horizon clear it. */
  public static AlarmPolicy within(double horizonCycles) {
    return new AlarmPolicy(horizonCycles, 2, 2 * horizonCycles, 5, 20);
  }

  /** The life from which on it is urgent, cycles. */
  double urgent() {
    return horizonCycles / 3;
  }
}
