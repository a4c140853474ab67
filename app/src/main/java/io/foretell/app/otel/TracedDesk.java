package io.foretell.app.otel;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.Sink;
import io.foretell.proto.wire.Topics;
import io.foretell.servicedesk.TicketChange;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The desk's sink of findings, with the span in which each becomes a ticket or part of one. */
final class TracedDesk implements Sink<Finding> {
  static final String TICKET = "ticket";
  private static final int CHANGES = 1_000;

  private final Sink<Finding> desk;
  private final Spans spans;
  private final InstantSource clock;
  private final Map<Cause, TicketChange> changes = new LinkedHashMap<>();

  TracedDesk(Sink<Finding> desk, Spans spans, InstantSource clock) {
    this.desk = desk;
    this.spans = spans;
    this.clock = clock;
  }

  private record Cause(DeviceId device, String cause) {}

  /** The desk says what has become of a ticket, before the batch is done. */
  void changed(TicketChange change) {
    synchronized (changes) {
      if (changes.size() >= CHANGES) {
        changes.remove(changes.keySet().iterator().next());
      }
      changes.put(new Cause(change.device(), change.event().cause()), change);
    }
  }

  @Override
  public CompletionStage<?> write(List<Entry<Finding>> batch) {
    Instant begun = clock.instant();
    return desk.write(batch)
        .thenAccept(
            done -> {
              Instant ended = clock.instant();
              batch.forEach(entry -> span(entry, begun, ended));
            });
  }

  private void span(Entry<Finding> entry, Instant begun, Instant ended) {
    Finding finding = entry.value();
    String trace = TraceIds.ofFinding(finding.id());
    String lane = Topics.FINDINGS.name();
    AttributesBuilder attributes =
        UplinkSpans.about(entry.key())
            .put(Names.SYSTEM, "foretell")
            .put(Names.DESTINATION, lane)
            .put(Names.PARTITION, String.valueOf(entry.position().partition()))
            .put(Names.MESSAGE, entry.position().toString())
            .put(Names.OPERATION, UplinkSpans.PROCESS)
            .put(Names.OPERATION_TYPE, "process")
            .put(Names.FINDING, finding.id());
    TicketChange change = change(entry);
    if (change != null) {
      attributes
          .put(Names.TICKET, change.event().id())
          .put(Names.TICKET_CHANGE, change.type().word());
    }
    spans.add(
        Step.of(
            trace,
            TICKET,
            TraceIds.span(trace, TracedStage.DIAGNOSE),
            UplinkSpans.PROCESS + " " + lane,
            SpanKind.CONSUMER,
            begun,
            ended,
            attributes.build()));
  }

  private @Nullable TicketChange change(Entry<Finding> entry) {
    synchronized (changes) {
      TicketChange change = changes.get(new Cause(entry.key(), entry.value().cause()));
      return change != null && change.event().at() == entry.at() ? change : null;
    }
  }
}
