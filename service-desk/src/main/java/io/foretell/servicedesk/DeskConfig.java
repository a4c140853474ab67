package io.foretell.servicedesk;

import java.time.Duration;

/**
 * How the desk judges.
 *
 * @param urgency how soon someone must act
 * @param sla what is promised
 * @param relapse a problem that comes back within it after its proof (or after closing without one)
 *     reopens its ticket; later it gets a new one; 30 days by default
 */
public record DeskConfig(UrgencyPolicy urgency, SlaPolicy sla, Duration relapse) {
  /** What is used where nothing is set. */
  public static DeskConfig defaults() {
    return new DeskConfig(UrgencyPolicy.defaults(), SlaPolicy.defaults(), Duration.ofDays(30));
  }
}
