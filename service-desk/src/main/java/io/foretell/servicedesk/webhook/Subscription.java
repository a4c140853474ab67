package io.foretell.servicedesk.webhook;

import io.foretell.proto.TicketEvent.Urgency;
import io.foretell.servicedesk.ChangeType;
import io.foretell.servicedesk.TicketChange;
import java.net.URI;
import java.util.Set;

/**
 * Who is told over HTTP, and of what.
 *
 * @param id unique: {@code wh_} and 24 hex digits
 * @param tenant whose tickets; of no other
 * @param url where to: http or https
 * @param types of changes; empty: all
 * @param atLeast of tickets that are at least so urgent
 * @param active whether it is told at all
 * @param note why it is not active; empty otherwise
 * @param createdAt ms since 1970
 */
public record Subscription(
    String id,
    String tenant,
    URI url,
    Set<ChangeType> types,
    Urgency atLeast,
    boolean active,
    String note,
    long createdAt) {
  /** Copies the types. */
  public Subscription {
    types = Set.copyOf(types);
  }

  boolean wants(TicketChange change) {
    return active
        && tenant.equals(change.device().tenant())
        && (types.isEmpty() || types.contains(change.type()))
        && change.event().urgency().compareTo(atLeast) >= 0;
  }

  Subscription active(boolean now, String why) {
    return new Subscription(id, tenant, url, types, atLeast, now, why, createdAt);
  }

  /** A subscription with the secret that its receiver checks signatures with; shown only once. */
  public record Created(Subscription subscription, String secret) {
    @Override
    public String toString() {
      return "Created[" + subscription.id() + "]";
    }
  }
}
