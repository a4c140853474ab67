package io.foretell.diagnostics.episodes;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;

/**
 * A fault that was there and is healed: what is remembered of its last episode.
 *
 * @param family of the fault; empty where it was healed by an older version, which kept no more
 *     than when and how often
 * @param severity the worst in that episode
 * @param since when it was first seen, ms since 1970
 * @param at when it was healed, ms since 1970
 * @param occurrences how often it came by then, over all episodes
 */
public record Healed(
    String family,
    String system,
    String code,
    int subType,
    String title,
    Severity severity,
    long since,
    long at,
    int occurrences) {
  static Healed of(Episode episode, long at) {
    Fault fault = episode.fault();
    return new Healed(
        fault.family(),
        fault.system(),
        fault.code(),
        fault.subType(),
        fault.title(),
        episode.severity(),
        episode.since(),
        at,
        episode.occurrences());
  }

  /** One of which only when and how often is known. */
  static Healed of(int occurrences, long at) {
    return new Healed("", "", "", -1, "", Severity.INFO, at, at, occurrences);
  }

  /** Whether it is known which fault it was. */
  public boolean named() {
    return !family.isEmpty();
  }

  /** What makes it one and the same fault over time; as {@link Fault#identity}. */
  public String identity() {
    String of = system.isEmpty() ? "" : system + ":";
    return family + ":" + of + code + (subType < 0 ? "" : "/" + subType);
  }
}
