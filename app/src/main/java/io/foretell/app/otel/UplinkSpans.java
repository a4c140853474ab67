package io.foretell.app.otel;

import io.foretell.app.otel.Journal.Passed;
import io.foretell.proto.DeviceId;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.Optional;

/** The spans of an uplink: that it was received, and that it was folded. */
final class UplinkSpans {
  static final String RECEIVE = "receive";
  static final String PROCESS = "process";

  private final Spans spans;
  private final double ratio;

  /**
   * @param ratio of uplinks that are traced though nothing follows from them, 0–1
   */
  UplinkSpans(Spans spans, double ratio) {
    this.spans = spans;
    this.ratio = ratio;
  }

  /** How an uplink came. */
  record Received(DeviceId device, UplinkKind kind, String via, int size, Instant at) {}

  boolean sampled(String trace) {
    return TraceIds.sampled(trace, ratio);
  }

  /** The first span of a trace: from its receipt until it was on disk. */
  void receive(String trace, Received r, Instant durable, Optional<Step.Link> link) {
    String destination = "v1/" + r.kind().route();
    Attributes attributes =
        about(r.device())
            .put(Names.SYSTEM, r.via())
            .put(Names.DESTINATION, destination)
            .put(Names.OPERATION, RECEIVE)
            .put(Names.OPERATION_TYPE, "receive")
            .put(Names.CLIENT, r.device().device())
            .put(Names.BODY_SIZE, (long) r.size())
            .build();
    spans.add(
        Step.of(
                trace,
                RECEIVE,
                "",
                RECEIVE + " " + destination,
                SpanKind.CONSUMER,
                r.at(),
                durable,
                attributes)
            .linked(link));
  }

  /** Its second span: decoding and diagnosis, in one pass. */
  void process(String trace, Passed p) {
    String lane = Topics.UPLINK.name();
    Attributes attributes =
        about(p.device())
            .put(Names.SYSTEM, "foretell")
            .put(Names.DESTINATION, lane)
            .put(Names.PARTITION, String.valueOf(p.position().partition()))
            .put(Names.MESSAGE, p.position().toString())
            .put(Names.OPERATION, PROCESS)
            .put(Names.OPERATION_TYPE, "process")
            .put(Names.BODY_SIZE, (long) p.size())
            .put(Names.REJECTED, !p.decoded())
            .build();
    spans.add(
        Step.of(
            trace,
            PROCESS,
            TraceIds.span(trace, RECEIVE),
            PROCESS + " " + lane,
            SpanKind.CONSUMER,
            p.begun(),
            p.ended(),
            attributes));
  }

  static AttributesBuilder about(DeviceId device) {
    return Attributes.builder()
        .put(Names.DEVICE, device.device())
        .put(Names.TENANT, device.tenant());
  }
}
