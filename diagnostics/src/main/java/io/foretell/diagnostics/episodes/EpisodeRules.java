package io.foretell.diagnostics.episodes;

/**
 * When an episode is confirmed, healed and intermittent, and how many a device may have.
 *
 * @param confirmAfter observations of a failing but unconfirmed fault until it counts, at least 1;
 *     a fault whose confirmed bit is set counts at once
 * @param healingMillis how long a fault must stay absent until it is healed, ms of event time
 * @param intermittentAfter recurrences within one episode until it is called intermittent
 * @param maxOpen open episodes of a device; a fault beyond is counted and not followed
 * @param maxRemembered healed faults, sources and denials of a device that are remembered; the
 *     oldest give way
 */
public record EpisodeRules(
    int confirmAfter, long healingMillis, int intermittentAfter, int maxOpen, int maxRemembered) {
  /** Refuses rules that no episode can follow. */
  public EpisodeRules {
    if (confirmAfter < 1 || healingMillis < 0 || intermittentAfter < 1) {
      throw new IllegalArgumentException("episode rules out of range");
    }
    if (maxOpen < 1 || maxRemembered < 1) {
      throw new IllegalArgumentException("episode bounds out of range");
    }
  }
}
