package io.foretell.diagnostics.episodes;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.Map;

/**
 * One fault from first seen to healed on one device.
 *
 * <pre>
 *   SUSPECTED ──confirmed bit, or seen often enough──► ACTIVE ◄──recurs (flaps + 1)──┐
 *       │                                                └───not present any more──► ABSENT
 *       └──not present any more──► ABSENT ──absent for the healing period──► healed (gone from here)
 * </pre>
 *
 * @param fault as last reported
 * @param source the part that named it
 * @param phase where it stands
 * @param since event time when it was first seen, ms since 1970
 * @param lastSeen event time when it was last seen failing
 * @param absentSince event time of the first report that showed it absent; 0 unless ABSENT
 * @param absentBy how absence was shown; {@link Absence#NONE} unless ABSENT
 * @param observations how often it was seen failing
 * @param flaps how often it came back before it had healed, as seen or as the device counted
 * @param before occurrences in earlier, healed episodes
 * @param announced whether it was ever confirmed
 * @param severity the worst so far
 * @param confidence that it is a real fault, 0–1, as last assessed
 * @param lamp the worst so far
 * @param firstStatus status byte at the first sight
 * @param freezeFrame the first that was reported
 */
public record Episode(
    Fault fault,
    String source,
    Phase phase,
    long since,
    long lastSeen,
    long absentSince,
    Absence absentBy,
    int observations,
    int flaps,
    int before,
    boolean announced,
    Severity severity,
    double confidence,
    Fault.Lamp lamp,
    int firstStatus,
    Map<String, Double> freezeFrame) {
  /** Copies the freeze frame. */
  public Episode {
    freezeFrame = Map.copyOf(freezeFrame);
  }

  /** Where an episode stands. */
  public enum Phase {
    /** Seen, not confirmed. */
    SUSPECTED,
    /** Confirmed and there. */
    ACTIVE,
    /** Not there any more, not yet healed. */
    ABSENT
  }

  /** How a device shows that a fault is not there. */
  public enum Absence {
    NONE,
    /** A whole list of its source does not name it. */
    NOT_LISTED,
    /** It is named, with no failing bit. */
    NOT_FAILING,
    /** Someone erased it, and its test has not run since: that proves nothing yet. */
    ERASED,
    /** The codes of its source were cleared, and the monitors that watch it have not run since. */
    UNPROVEN;

    /** Whether it will be proven or not by a test that has yet to run. */
    boolean waits() {
      return this == ERASED || this == UNPROVEN;
    }
  }

  /** How an episode is called. */
  public enum Standing {
    /** Seen failing for the first time ever, once, not confirmed. */
    NEW,
    /** Seen failing again, or known from before; not confirmed. */
    PENDING,
    /** Confirmed and there. */
    CONFIRMED,
    /** There, after an earlier episode of the same fault had healed. */
    RECURRING,
    /** There, having come and gone several times. */
    INTERMITTENT,
    /** Gone; the healing period runs. */
    HEALING,
    /** Someone cleared it, and its test has not run since: it may come back or be gone. */
    CLEARED,
    /** Gone for the whole healing period; remembered for a while, see {@link Healed}. */
    HEALED
  }

  /**
   * How it is called now.
   *
   * @param intermittentAfter returns until it is called intermittent
   */
  public Standing standing(int intermittentAfter) {
    if (phase == Phase.ABSENT) {
      return absentBy.waits() ? Standing.CLEARED : Standing.HEALING;
    }
    if (phase == Phase.SUSPECTED) {
      return observations == 1 && before == 0 ? Standing.NEW : Standing.PENDING;
    }
    if (flaps >= intermittentAfter) {
      return Standing.INTERMITTENT;
    }
    return before > 0 ? Standing.RECURRING : Standing.CONFIRMED;
  }

  /** What makes it one and the same fault over time. */
  public String identity() {
    return fault.identity();
  }

  /** How often the fault came, over all episodes. */
  public int occurrences() {
    return before + 1 + flaps;
  }

  static Episode opened(Assessed seen, String source, long time, int before) {
    Fault fault = seen.fault();
    return new Episode(
        fault,
        source,
        Phase.SUSPECTED,
        time,
        time,
        0,
        Absence.NONE,
        1,
        0,
        before,
        false,
        seen.severity(),
        seen.confidence(),
        fault.lamp(),
        fault.status(),
        fault.freezeFrame());
  }

  Episode seen(Assessed seen, String by, long time) {
    Fault now = seen.fault();
    int returned = phase == Phase.ABSENT ? 1 : 0;
    int counted = Counters.since(fault, now);
    return new Episode(
        now,
        by,
        announced ? Phase.ACTIVE : Phase.SUSPECTED,
        since,
        Math.max(lastSeen, time),
        0,
        Absence.NONE,
        observations + 1,
        flaps + Math.max(returned, counted),
        before,
        announced,
        severity.compareTo(seen.severity()) >= 0 ? severity : seen.severity(),
        seen.confidence(),
        lamp.compareTo(now.lamp()) >= 0 ? lamp : now.lamp(),
        firstStatus,
        freezeFrame.isEmpty() ? now.freezeFrame() : freezeFrame);
  }

  Episode confirmed() {
    return in(Phase.ACTIVE, 0, Absence.NONE, true);
  }

  Episode absent(long time, Absence by) {
    return in(Phase.ABSENT, Math.max(time, lastSeen), by, announced);
  }

  private Episode in(Phase next, long absent, Absence by, boolean told) {
    return new Episode(
        fault,
        source,
        next,
        since,
        lastSeen,
        absent,
        by,
        observations,
        flaps,
        before,
        told,
        severity,
        confidence,
        lamp,
        firstStatus,
        freezeFrame);
  }
}
