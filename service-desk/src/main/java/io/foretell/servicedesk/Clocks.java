package io.foretell.servicedesk;

import java.util.OptionalLong;

/**
 * The SLA clocks of a ticket's present round; ms since 1970 by the server's clock, because promises
 * to people run in their time, not in the device's.
 *
 * @param startedAt when the round began: the ticket was opened or reopened
 * @param respondBy until when someone must have taken it on
 * @param resolveBy until when the device must have proved that the fault is gone
 * @param acknowledgedAt when someone took it on; empty: nobody yet
 * @param verifiedAt when the device's proof came; empty: not yet
 * @param closedAt when it was closed; empty: it is not
 */
public record Clocks(
    long startedAt,
    long respondBy,
    long resolveBy,
    OptionalLong acknowledgedAt,
    OptionalLong verifiedAt,
    OptionalLong closedAt) {
  /** {@link #dueAt} of a ticket on which no clock runs. */
  public static final long NEVER = Long.MAX_VALUE;

  /** The end of the clock that runs out next, ms since 1970; {@link #NEVER} where none runs. */
  public long dueAt() {
    if (verifiedAt.isPresent() || closedAt.isPresent()) {
      return NEVER;
    }
    return acknowledgedAt.isPresent() ? resolveBy : Math.min(respondBy, resolveBy);
  }

  /** When the response clock stopped; empty while it runs. */
  public OptionalLong respondedAt() {
    return acknowledgedAt.isPresent() ? acknowledgedAt : endedAt();
  }

  /** When the resolution clock stopped: proof, or closing without one; empty while it runs. */
  public OptionalLong endedAt() {
    return verifiedAt.isPresent() ? verifiedAt : closedAt;
  }

  Clocks acknowledged(long at) {
    return acknowledgedAt.isPresent()
        ? this
        : new Clocks(startedAt, respondBy, resolveBy, OptionalLong.of(at), verifiedAt, closedAt);
  }

  Clocks verified(long at) {
    return new Clocks(
        startedAt, respondBy, resolveBy, acknowledgedAt, OptionalLong.of(at), closedAt);
  }

  Clocks closed(long at) {
    return new Clocks(
        startedAt, respondBy, resolveBy, acknowledgedAt, verifiedAt, OptionalLong.of(at));
  }

  Clocks sooner(long respond, long resolve) {
    return new Clocks(
        startedAt,
        Math.min(respondBy, respond),
        Math.min(resolveBy, resolve),
        acknowledgedAt,
        verifiedAt,
        closedAt);
  }
}
