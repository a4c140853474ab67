package io.foretell.servicedesk;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import java.util.Optional;
import java.util.Set;

/**
 * Which tickets of a tenant, in which order, and how many.
 *
 * @param states empty: all
 * @param urgencies empty: all
 * @param device its name within the tenant, exactly; empty string: any
 * @param cause exactly, or with a trailing {@code *} all that begin so; empty string: any
 * @param text somewhere in title, cause, device or id, in either case; empty string: any
 * @param order of the list
 * @param cursor {@link TicketPage#next} of the page before; empty: the first page
 * @param limit 1–1000
 */
public record TicketQuery(
    String tenant,
    Set<State> states,
    Set<Urgency> urgencies,
    String device,
    String cause,
    String text,
    Order order,
    Optional<String> cursor,
    int limit) {
  private static final int MOST = 1000;

  /** Refuses a limit outside of its range. */
  public TicketQuery {
    states = Set.copyOf(states);
    urgencies = Set.copyOf(urgencies);
    if (limit < 1 || limit > MOST) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "limit is 1 to " + MOST);
    }
  }

  /** In which order tickets are listed. */
  public enum Order {
    /** Most urgent first; of these, the one whose clock runs out next. */
    URGENCY,
    /** The one whose clock runs out next first. */
    DUE,
    /** The newest first. */
    NEWEST
  }

  /** All tickets of a tenant, most urgent first. */
  public static TicketQuery all(String tenant, int limit) {
    return new TicketQuery(
        tenant, Set.of(), Set.of(), "", "", "", Order.URGENCY, Optional.empty(), limit);
  }

  /** The same from another place on. */
  public TicketQuery after(String next) {
    return new TicketQuery(
        tenant, states, urgencies, device, cause, text, order, Optional.of(next), limit);
  }

  /** The same in another order, from the beginning. */
  public TicketQuery sorted(Order other) {
    return new TicketQuery(
        tenant, states, urgencies, device, cause, text, other, Optional.empty(), limit);
  }
}
