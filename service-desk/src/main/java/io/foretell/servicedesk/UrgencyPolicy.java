package io.foretell.servicedesk;

import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent.Urgency;
import java.time.Duration;
import java.util.Optional;

/**
 * How soon someone must act, from how bad it is, how soon it will fail, and how many others have
 * it.
 *
 * <pre>
 *  severity   there now,      horizon      horizon      later
 *             or ≤ soon       ≤ near       ≤ far
 *  CRITICAL   EMERGENCY       HIGH         HIGH         MEDIUM     unsafe or stopped
 *  MAJOR      HIGH            MEDIUM       MEDIUM       LOW
 *  MINOR      MEDIUM          LOW          LOW          LOW
 *  INFO       LOW             LOW          LOW          LOW
 * </pre>
 *
 * Where at least {@code many} other devices of the tenant have the same cause open, it is one step
 * more, but only CRITICAL is ever an EMERGENCY: that word is kept for what is unsafe.
 *
 * @param soon a failure within it is treated as there; 24 hours by default
 * @param near 7 days by default
 * @param far 30 days by default
 * @param many 1 or more; 5 by default
 */
public record UrgencyPolicy(Duration soon, Duration near, Duration far, int many) {
  private static final Urgency[][] TABLE = {
    {Urgency.LOW, Urgency.LOW, Urgency.LOW, Urgency.LOW},
    {Urgency.MEDIUM, Urgency.LOW, Urgency.LOW, Urgency.LOW},
    {Urgency.HIGH, Urgency.MEDIUM, Urgency.MEDIUM, Urgency.LOW},
    {Urgency.EMERGENCY, Urgency.HIGH, Urgency.HIGH, Urgency.MEDIUM},
  };

  /** The thresholds above. */
  public static UrgencyPolicy defaults() {
    return new UrgencyPolicy(Duration.ofHours(24), Duration.ofDays(7), Duration.ofDays(30), 5);
  }

  /**
   * The urgency of a problem.
   *
   * @param horizon until the predicted failure; empty: it is there now
   * @param exposure other devices of the tenant with the same cause open
   */
  public Urgency of(Severity severity, Optional<Duration> horizon, int exposure) {
    int row =
        switch (severity) {
          case INFO -> 0;
          case MINOR -> 1;
          case MAJOR -> 2;
          case CRITICAL -> 3;
        };
    Urgency base = TABLE[row][column(horizon)];
    return exposure >= many ? stepUp(base, severity) : base;
  }

  private int column(Optional<Duration> horizon) {
    if (horizon.isEmpty() || horizon.get().compareTo(soon) <= 0) {
      return 0;
    }
    if (horizon.get().compareTo(near) <= 0) {
      return 1;
    }
    return horizon.get().compareTo(far) <= 0 ? 2 : 3;
  }

  private static Urgency stepUp(Urgency urgency, Severity severity) {
    return switch (urgency) {
      case LOW -> Urgency.MEDIUM;
      case MEDIUM -> Urgency.HIGH;
      case HIGH -> severity == Severity.CRITICAL ? Urgency.EMERGENCY : Urgency.HIGH;
      case EMERGENCY -> Urgency.EMERGENCY;
    };
  }
}
