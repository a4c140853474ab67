package io.foretell.diagnostics.uds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What changed in the status bits of one control unit's codes, from one answer to the next, ISO
 * 14229-1 annex D.2. Bits that the unit does not support (availability mask) count for nothing. At
 * most {@value #MOST_CODES} codes are followed; of others nothing is said.
 */
public final class StatusHistory {
  private static final int MOST_CODES = 8192;
  private static final int ALL = 0xFF;

  private final Map<Integer, Integer> statuses = new LinkedHashMap<>();

  /** Nothing is known yet. */
  public StatusHistory() {}

  /** What a change means. */
  public enum Event {
    /** The code was not there before. */
    NEW,
    /** The test has failed; it had not before. */
    FAILED,
    /** The test has passed; it had failed before. */
    PASSED,
    /** It failed in this or the last cycle, and is not confirmed yet. */
    PENDING,
    /** It is confirmed now. */
    CONFIRMED,
    /** It was confirmed and is no longer: healed for long enough. */
    AGED,
    /** The memory was cleared: tests have not run since. */
    CLEARED,
    /** A new operation cycle began. */
    NEW_CYCLE,
    /** The lamp is asked for, or no longer. */
    LAMP,
    /** The code is no longer reported. */
    GONE
  }

  /**
   * One code's change.
   *
   * @param from status before; -1: not reported
   * @param to status now; -1: no longer reported
   */
  public record Change(int dtc, int from, int to, List<Event> events) {
    /** Copies the events. */
    public Change {
      events = List.copyOf(events);
    }
  }

  /**
   * Takes the next answer.
   *
   * @param complete whether codes that it does not name are gone: of 0A, or 02 with mask FF
   */
  public List<Change> next(DtcReport report, boolean complete) {
    int mask = report.availability().orElse(ALL);
    List<Change> changes = new ArrayList<>();
    Map<Integer, Integer> named = new LinkedHashMap<>();
    for (DtcRecord record : report.dtcs()) {
      named.put(record.dtc(), record.status() & mask);
    }
    named.forEach(
        (dtc, status) -> {
          int before = statuses.getOrDefault(dtc, -1);
          if (before != status && (before >= 0 || statuses.size() < MOST_CODES)) {
            statuses.put(dtc, status);
            changes.add(new Change(dtc, before, status, events(before, status)));
          }
        });
    if (complete) {
      statuses
          .entrySet()
          .removeIf(
              known -> {
                boolean gone = !named.containsKey(known.getKey());
                if (gone) {
                  changes.add(
                      new Change(known.getKey(), known.getValue(), -1, List.of(Event.GONE)));
                }
                return gone;
              });
    }
    return changes;
  }

  private static List<Event> events(int from, int to) {
    List<Event> events = new ArrayList<>();
    int before = Math.max(from, 0);
    int rose = to & ~before;
    int fell = before & ~to;
    if (from < 0) {
      events.add(Event.NEW);
    }
    boolean cleared = from >= 0 && (rose & 0x10) != 0 && (to & 0x2F) == 0;
    add(events, cleared, Event.CLEARED);
    add(events, (rose & 0x01) != 0, Event.FAILED);
    add(events, (fell & 0x01) != 0 && !cleared, Event.PASSED);
    add(events, (rose & 0x04) != 0 && (to & 0x08) == 0, Event.PENDING);
    add(events, (rose & 0x08) != 0, Event.CONFIRMED);
    add(events, (fell & 0x08) != 0 && !cleared, Event.AGED);
    add(events, from >= 0 && (rose & 0x40) != 0 && !cleared, Event.NEW_CYCLE);
    add(events, ((rose | fell) & 0x80) != 0, Event.LAMP);
    return events;
  }

  private static void add(List<Event> events, boolean is, Event event) {
    if (is) {
      events.add(event);
    }
  }
}
