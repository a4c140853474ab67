package io.foretell.diagnostics.episodes;

/**
 * Something about an episode that is worth telling.
 *
 * @param kind what happened
 * @param episode as it is after it
 * @param at event time, ms since 1970
 */
public record Change(Kind kind, Episode episode, long at) {
  /** What can happen to an episode. */
  public enum Kind {
    /** It was confirmed. */
    OPENED,
    /** Its severity or its lamp went up. */
    WORSENED,
    /** It came back often enough, before it had healed, to be called intermittent. */
    INTERMITTENT,
    /** It stayed absent for the healing period. */
    CLEARED
  }
}
