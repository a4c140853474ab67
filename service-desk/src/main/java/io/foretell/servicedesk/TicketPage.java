package io.foretell.servicedesk;

import java.util.List;
import java.util.Optional;

/**
 * One page of tickets.
 *
 * @param next where the next page begins; empty: this is the last one
 */
public record TicketPage(List<Ticket> tickets, Optional<String> next) {
  /** Copies the tickets. */
  public TicketPage {
    tickets = List.copyOf(tickets);
  }
}
