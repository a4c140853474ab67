package io.foretell.servicedesk;

import java.util.List;

/**
 * A ticket with all that belongs to it.
 *
 * @param findings its evidence, in the order in which it came
 * @param timeline oldest first
 * @param remedies what was tried against its cause in the tenant, best first
 * @param standing against what is promised, now
 */
public record TicketDetails(
    Ticket ticket,
    List<TicketFinding> findings,
    List<TimelineEntry> timeline,
    List<RemedySuccess> remedies,
    SlaPolicy.Standing standing) {
  /** Copies the lists. */
  public TicketDetails {
    findings = List.copyOf(findings);
    timeline = List.copyOf(timeline);
    remedies = List.copyOf(remedies);
  }
}
