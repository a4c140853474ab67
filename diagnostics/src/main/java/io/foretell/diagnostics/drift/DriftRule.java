package io.foretell.diagnostics.drift;

/**
 * Which signal is watched for drift, and how.
 *
 * @param signal its name, or the beginning of names with {@code *} at the end
 * @param learn samples that make the baseline; at least 20
 * @param slack deviation that is let pass, in standard deviations of the baseline; half of the
 *     shift that shall be found soonest (Page 1954)
 * @param threshold sum of deviations beyond the slack at which it is a drift, in standard
 *     deviations
 * @param minSpread the least standard deviation that is taken for noise, in the signal's unit: its
 *     resolution, say
 */
public record DriftRule(
    String signal, int learn, double slack, double threshold, double minSpread) {
  private static final int LEAST = 20;
  private static final int MOST = 2000;

  /** Refuses a rule that nothing can follow. */
  public DriftRule {
    if (signal.isEmpty() || learn < LEAST || learn > MOST || slack <= 0 || threshold <= 0) {
      throw new IllegalArgumentException("drift rule of '" + signal + "' out of range");
    }
  }

  /**
   * A cautious rule: 300 samples to learn, shifts of three standard deviations and more. On 29 NAB
   * series (175,000 samples, 61 labelled windows, most of them spikes) it raises 6 alarms outside
   * of the windows and hits 10 of them; half the threshold hits one more and raises 16.
   */
  public static DriftRule cautious(String signal) {
    return new DriftRule(signal, 300, 1.5, 80, 0);
  }

  boolean covers(String name) {
    return signal.endsWith("*")
        ? name.startsWith(signal.substring(0, signal.length() - 1))
        : name.equals(signal);
  }
}
