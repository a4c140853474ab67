package io.foretell.servicedesk;

import java.util.List;

/**
 * What follows from something that happened.
 *
 * @param ticket as it is afterwards
 * @param entries what its timeline gains; empty: nothing has changed, and nothing is to be kept
 * @param type what others are told
 * @param remedies what it says about remedies, in order
 */
public record Decision(
    Ticket ticket, List<TimelineEntry> entries, ChangeType type, List<RemedyEffect> remedies) {
  /** Copies the lists. */
  public Decision {
    entries = List.copyOf(entries);
    remedies = List.copyOf(remedies);
  }

  /** Whether there is anything to keep. */
  public boolean changed() {
    return !entries.isEmpty();
  }
}
