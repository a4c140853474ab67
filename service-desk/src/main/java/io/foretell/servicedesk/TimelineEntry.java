package io.foretell.servicedesk;

import java.util.Locale;
import java.util.Map;

/**
 * One thing that happened to a ticket.
 *
 * @param at ms since 1970, by the server's clock
 * @param kind what sort of thing
 * @param actor who or what did it: a user, {@code campaign:…}, {@code diagnostics}, {@code device},
 *     {@code desk}
 * @param key of its sentence in the resource bundle {@code io.foretell.servicedesk.timeline}
 * @param args what the sentence is filled with; see {@link TimelineTexts}
 * @param text the sentence in English
 * @param values figures with their names and units, for a chart or a table
 */
public record TimelineEntry(
    long at,
    Kind kind,
    String actor,
    String key,
    Map<String, String> args,
    String text,
    Map<String, Double> values) {
  /** Copies the maps. */
  public TimelineEntry {
    args = Map.copyOf(args);
    values = Map.copyOf(values);
  }

  /** What sort of thing happened. */
  public enum Kind {
    OPENED,
    FINDING,
    URGENCY,
    ACKNOWLEDGED,
    ASSIGNED,
    STARTED,
    SUGGESTED,
    REMEDY_STARTED,
    REMEDY_APPLIED,
    VERIFIED,
    CLOSED,
    REOPENED,
    COMMENT,
    NOTE
  }

  static TimelineEntry of(
      long at,
      Kind kind,
      String actor,
      String key,
      Map<String, String> args,
      Map<String, Double> values) {
    String text = TimelineTexts.render(Locale.ENGLISH, key, args);
    return new TimelineEntry(at, kind, actor, key, args, text, values);
  }
}
