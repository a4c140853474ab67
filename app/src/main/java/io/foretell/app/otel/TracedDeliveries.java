package io.foretell.app.otel;

import io.foretell.servicedesk.ChangeType;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketFinding;
import io.foretell.servicedesk.TicketKey;
import io.foretell.servicedesk.TicketStore;
import io.foretell.servicedesk.webhook.Delivery;
import io.foretell.servicedesk.webhook.DeliveryTrace;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The span of each attempt to tell a webhook of what a finding did to a ticket. Its trace is that
 * of the finding, which the ticket keeps; the receiver goes on with it by {@code traceparent} (W3C
 * Trace Context). What a person did to a ticket is in no trace of a device.
 */
final class TracedDeliveries implements DeliveryTrace {
  private static final Logger log = LoggerFactory.getLogger(TracedDeliveries.class);
  private static final Set<ChangeType> BY_FINDINGS =
      EnumSet.of(ChangeType.OPENED, ChangeType.RAISED, ChangeType.REOPENED, ChangeType.VERIFIED);

  private final TicketStore tickets;
  private final Spans spans;
  private final InstantSource clock;

  TracedDeliveries(TicketStore tickets, Spans spans, InstantSource clock) {
    this.tickets = tickets;
    this.spans = spans;
    this.clock = clock;
  }

  @Override
  public Attempt begin(Delivery delivery, URI url) {
    if (!BY_FINDINGS.contains(delivery.type())) {
      return Attempt.NONE;
    }
    try {
      TicketKey key = new TicketKey(delivery.tenant(), delivery.ticket());
      Optional<Ticket> ticket = tickets.find(key);
      List<TicketFinding> before =
          tickets.findings(key).stream()
              .filter(finding -> finding.takenAt() <= delivery.createdAt())
              .toList();
      if (ticket.isEmpty() || before.isEmpty()) {
        return Attempt.NONE;
      }
      String finding = before.get(before.size() - 1).id();
      return new Traced(delivery, url, ticket.get(), TraceIds.ofFinding(finding));
    } catch (RuntimeException e) {
      // Boundary: the delivery matters, its span does not.
      log.debug("a delivery is not traced: {}", e.toString());
      return Attempt.NONE;
    }
  }

  private final class Traced implements Attempt {
    private final Delivery delivery;
    private final URI url;
    private final Ticket ticket;
    private final String trace;
    private final String step;
    private final Instant begun = clock.instant();

    Traced(Delivery delivery, URI url, Ticket ticket, String trace) {
      this.delivery = delivery;
      this.url = url;
      this.ticket = ticket;
      this.trace = trace;
      this.step =
          "webhook " + delivery.eventId() + " " + delivery.webhook() + " " + delivery.attempts();
      MDC.put(Tracing.TRACE_ID, trace);
    }

    @Override
    public Map<String, String> fields() {
      return Map.of("traceparent", "00-" + trace + "-" + TraceIds.span(trace, step) + "-01");
    }

    @Override
    public void ended(int status, String error) {
      MDC.remove(Tracing.TRACE_ID);
      AttributesBuilder attributes =
          UplinkSpans.about(ticket.device())
              .put(Names.METHOD, "POST")
              .put(Names.SERVER, url.getHost())
              .put(Names.PORT, (long) port())
              .put(Names.TICKET, delivery.ticket())
              .put(Names.TICKET_CHANGE, delivery.type().word())
              .put(Names.WEBHOOK, delivery.webhook());
      if (status > 0) {
        attributes.put(Names.STATUS, (long) status);
      }
      if (delivery.attempts() > 0) {
        attributes.put(Names.RESEND, (long) delivery.attempts());
      }
      if (!error.isEmpty()) {
        attributes.put(Names.ERROR, status > 0 ? String.valueOf(status) : "_OTHER");
      }
      spans.add(
          Step.of(
                  trace,
                  step,
                  TraceIds.span(trace, TracedDesk.TICKET),
                  "POST",
                  SpanKind.CLIENT,
                  begun,
                  clock.instant(),
                  attributes.build())
              .failed(error));
    }

    private int port() {
      return url.getPort() > 0
          ? url.getPort()
          : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    }
  }
}
