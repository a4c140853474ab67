package io.foretell.diagnostics.episodes;

/**
 * What is known of a source's monitors: whether its codes were cleared, and which of its monitors
 * have not run since. A counter that falls shows a clear that nobody saw.
 *
 * @param saidAt event time of its last word, ms since 1970
 * @param clearedAt event time up to which what was there is in doubt; {@link #NOT_CLEARED}
 * @param supported its monitors as bits; 0: it has not said
 * @param open those that have not run since
 * @param warmUps as last said, like the next two; -1: never
 */
record Watch(
    long saidAt,
    long clearedAt,
    int supported,
    int open,
    int warmUps,
    int kilometres,
    int minutes) {
  static final long NOT_CLEARED = Long.MIN_VALUE;
  static final Watch NOTHING = new Watch(Long.MIN_VALUE, NOT_CLEARED, 0, 0, -1, -1, -1);

  /** After its next word; one from before the last changes nothing. */
  Watch next(long time, Readiness now) {
    if (time < saidAt) {
      return this;
    }
    boolean said = now.supported() != 0;
    boolean cleared =
        now.cleared()
            || fell(warmUps, now.warmUps())
            || fell(kilometres, now.kilometres())
            || fell(minutes, now.minutes());
    // After a clear no monitor has run, until the source says more.
    int still = said ? now.open() : cleared ? supported : open;
    boolean ready = said && still == 0;
    return new Watch(
        time,
        ready ? NOT_CLEARED : cleared ? time : clearedAt,
        said ? now.supported() : supported,
        still,
        last(warmUps, now.warmUps()),
        last(kilometres, now.kilometres()),
        last(minutes, now.minutes()));
  }

  /** Whether a fault that is absent may be so because it was cleared, and not tested since. */
  boolean doubts(Episode episode) {
    boolean tested =
        episode.absentBy() == Episode.Absence.NOT_FAILING && episode.absentSince() > clearedAt;
    return clearedAt != NOT_CLEARED
        && !tested
        && episode.lastSeen() <= clearedAt
        && (Monitor.watching(episode.fault(), supported) & open) != 0;
  }

  private static boolean fell(int before, int now) {
    return now >= 0 && now < before;
  }

  private static int last(int before, int now) {
    return now < 0 ? before : now;
  }
}
