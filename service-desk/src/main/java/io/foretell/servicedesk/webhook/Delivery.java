package io.foretell.servicedesk.webhook;

import io.foretell.servicedesk.ChangeType;
import java.util.OptionalLong;

/**
 * One change on its way to one subscriber.
 *
 * @param webhook id of the subscription
 * @param sequence of the change in the outbox; (webhook, sequence) is unique
 * @param eventId what the receiver gets as {@code webhook-id} and CloudEvents {@code id}; the same
 *     at every attempt
 * @param ticket its id
 * @param attempts made so far
 * @param nextAt when the next attempt is due, ms since 1970
 * @param createdAt ms since 1970
 * @param endedAt when it was delivered or given up; empty: pending
 * @param status of the last answer; 0: none came
 * @param error what went wrong at the last attempt; empty: nothing
 */
public record Delivery(
    String webhook,
    long sequence,
    String tenant,
    String eventId,
    String ticket,
    ChangeType type,
    State state,
    int attempts,
    long nextAt,
    long createdAt,
    OptionalLong endedAt,
    int status,
    String error) {

  /** How a delivery stands. */
  public enum State {
    PENDING,
    DELIVERED,
    /** Given up; it can be sent again by hand. */
    DEAD
  }
}
