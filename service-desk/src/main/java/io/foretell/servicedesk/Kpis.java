package io.foretell.servicedesk;

import io.foretell.proto.TicketEvent.Urgency;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Key figures of a tenant's desk over a span of time. A ticket counts where it was opened in the
 * span, a round (a ticket from opening or reopening to its end) where it began in it.
 *
 * @param openByUrgency tickets that are open now, whenever they were opened; every urgency is there
 * @param opened tickets opened in the span
 * @param meanToAcknowledge over rounds that someone took on; empty where there are none
 * @param meanToVerify over rounds that the device proved; empty where there are none
 * @param proactive how many of {@code opened} came from a prediction or an anomaly, before the
 *     device itself reported a fault
 * @param reopened how many of {@code opened} came back at least once
 * @param responseBreaches rounds not taken on in time
 * @param resolutionBreaches rounds not proved (or closed) in time
 * @param days one for each day (UTC) of the span on which something happened, oldest first
 */
public record Kpis(
    Map<Urgency, Long> openByUrgency,
    long opened,
    Optional<Duration> meanToAcknowledge,
    Optional<Duration> meanToVerify,
    long proactive,
    long reopened,
    long responseBreaches,
    long resolutionBreaches,
    List<Day> days) {
  /** Copies. */
  public Kpis {
    openByUrgency = Map.copyOf(openByUrgency);
    days = List.copyOf(days);
  }

  /** What happened on one day, UTC. */
  public record Day(LocalDate day, long opened, long reopened, long verified, long closed) {}

  /** Share of the tickets that were opened before the device reported a fault; 0 where none. */
  public double proactiveShare() {
    return opened == 0 ? 0 : (double) proactive / opened;
  }

  /** Share of the tickets that came back; 0 where none. */
  public double reopenedRate() {
    return opened == 0 ? 0 : (double) reopened / opened;
  }
}
