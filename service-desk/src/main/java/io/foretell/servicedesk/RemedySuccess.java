package io.foretell.servicedesk;

import java.util.Comparator;

/**
 * How often a remedy helped against a cause, by what the devices proved; of one tenant.
 *
 * @param applied how often it was put on a device that had the cause
 * @param verified how often the device then proved that the fault was gone
 * @param relapsed how many of those came back within the relapse window
 * @param pending how many applications still wait for the proof
 */
public record RemedySuccess(
    Remedy remedy, long applied, long verified, long relapsed, long pending) {
  /** The best one first; the one with more cases first among equals. */
  public static final Comparator<RemedySuccess> BEST_FIRST =
      Comparator.comparingDouble(RemedySuccess::score)
          .thenComparingLong(RemedySuccess::decided)
          .reversed()
          .thenComparing(s -> s.remedy().ref());

  /** How often it helped for good, so far. */
  public long held() {
    return verified - relapsed;
  }

  /** Of how many applications the outcome is known. */
  public long decided() {
    return applied - pending;
  }

  /**
   * The chance that it holds next time, 0–1, by Laplace's rule of succession: one success out of
   * one is no certainty, so it does not outrank nine out of ten.
   */
  public double score() {
    return (held() + 1.0) / (decided() + 2.0);
  }
}
