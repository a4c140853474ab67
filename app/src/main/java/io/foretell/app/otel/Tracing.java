package io.foretell.app.otel;

import io.foretell.gateway.Door;
import io.foretell.proto.Finding;
import io.foretell.proto.Sink;
import io.foretell.proto.Stage;
import io.foretell.proto.Uplink;
import io.foretell.servicedesk.TicketDesk;
import io.foretell.servicedesk.TicketStore;
import io.foretell.servicedesk.webhook.DeliveryTrace;
import java.time.InstantSource;

/**
 * Puts spans around the places where stages meet: the door, the fold, the desk, the deliveries. A
 * server without a collector has none of this, and nothing in its place.
 *
 * <p>A finding has a trace of its own, made of its id: every process that sees the finding knows
 * the trace. It begins with the uplink that the finding rests on. A ratio of the other uplinks is
 * traced by themselves, under their place on the lane.
 */
public final class Tracing {
  /** The key of a trace's id in the log's context. */
  public static final String TRACE_ID = "trace_id";

  private final Spans spans;
  private final UplinkSpans uplinks;
  private final Journal journal = new Journal();
  private final InstantSource clock;

  /** Tracing to a collector. */
  public Tracing(OtlpSettings settings, InstantSource clock) {
    this.spans = new Spans(settings);
    this.uplinks = new UplinkSpans(spans, settings.ratio());
    this.clock = clock;
  }

  /** What sends the spans; to be started and closed with the server. */
  public Spans spans() {
    return spans;
  }

  /** The door. */
  public Door door(Door door) {
    return new TracedDoor(door, journal, uplinks, clock);
  }

  /** The fold. */
  public <S> Stage<S, Uplink> stage(Stage<S, Uplink> stage) {
    return new TracedStage<>(stage, spans, uplinks, journal, clock);
  }

  /** The desk. */
  public Sink<Finding> desk(TicketDesk desk) {
    TracedDesk traced = new TracedDesk(desk, spans, clock);
    desk.onChange(traced::changed);
    return traced;
  }

  /** Deliveries to webhooks. */
  public DeliveryTrace deliveries(TicketStore tickets) {
    return new TracedDeliveries(tickets, spans, clock);
  }
}
