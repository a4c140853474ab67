package io.foretell.app.otel;

import io.foretell.app.otel.Journal.Passed;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Topic;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.MDC;

/**
 * A stage that folds uplinks, with the spans of what it does. The stage within sees nothing of it
 * and stays pure; what it gives is the same.
 */
final class TracedStage<S> implements Stage<S, Uplink> {
  static final String DIAGNOSE = "diagnose";

  private final Stage<S, Uplink> stage;
  private final Spans spans;
  private final UplinkSpans uplinks;
  private final Journal journal;
  private final InstantSource clock;

  TracedStage(
      Stage<S, Uplink> stage,
      Spans spans,
      UplinkSpans uplinks,
      Journal journal,
      InstantSource clock) {
    this.stage = stage;
    this.spans = spans;
    this.uplinks = uplinks;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public S initial(DeviceId key) {
    return stage.initial(key);
  }

  @Override
  public S apply(S state, Entry<Uplink> entry, Emit out) {
    String trace = TraceIds.ofUplink(entry.key(), entry.position());
    // No door has a span of what the gateway itself wrote.
    boolean sampled = entry.value().kind() != UplinkKind.PRESENCE && uplinks.sampled(trace);
    Tap tap = new Tap(out);
    Instant begun = clock.instant();
    if (sampled) {
      MDC.put(Tracing.TRACE_ID, trace);
    }
    try {
      S after = stage.apply(state, entry, tap);
      Passed passed = passed(entry, tap.time, begun, clock.instant());
      if (tap.judged) {
        journal.passed(passed);
      }
      if (sampled) {
        uplinks.process(trace, passed);
      }
      tap.findings.forEach(finding -> trace(entry.key(), finding));
      return after;
    } finally {
      MDC.remove(Tracing.TRACE_ID);
    }
  }

  @Override
  public S tick(S state, DeviceId key, long at, Emit out) {
    Tap tap = new Tap(out);
    S after = stage.tick(state, key, at, tap);
    tap.findings.forEach(finding -> trace(key, finding));
    return after;
  }

  @Override
  public long wakeAt(S state) {
    return stage.wakeAt(state);
  }

  @Override
  public Codec<S> codec() {
    return stage.codec();
  }

  private static Passed passed(Entry<Uplink> entry, long time, Instant begun, Instant ended) {
    Uplink uplink = entry.value();
    return new Passed(
        entry.key(),
        entry.position(),
        uplink.kind(),
        uplink.via(),
        uplink.payload().length,
        uplink.receivedAt(),
        time,
        begun,
        ended);
  }

  private static UplinkSpans.Received received(Passed p) {
    return new UplinkSpans.Received(
        p.device(), p.kind(), p.via(), p.size(), Instant.ofEpochMilli(p.receivedAt()));
  }

  /** Where another process had it put on disk, it was there by the time of the fold. */
  private Instant durable(Passed passed) {
    return journal
        .durable(passed.position())
        .filter(at -> at.isBefore(passed.begun()))
        .orElse(passed.begun());
  }

  /** A finding is traced always, from the uplink on that it rests on. */
  private void trace(DeviceId device, Finding finding) {
    String trace = TraceIds.ofFinding(finding.id());
    Passed behind = journal.behind(device, finding.at());
    Instant now = clock.instant();
    Instant since = now;
    if (behind != null) {
      since = behind.begun();
      String alone = TraceIds.ofUplink(device, behind.position());
      Optional<Step.Link> link =
          uplinks.sampled(alone)
              ? Optional.of(new Step.Link(alone, TraceIds.span(alone, UplinkSpans.RECEIVE)))
              : Optional.empty();
      uplinks.receive(trace, received(behind), durable(behind), link);
      uplinks.process(trace, behind);
    }
    Attributes attributes =
        UplinkSpans.about(device)
            .put(Names.FINDING, finding.id())
            .put(Names.FINDING_KIND, finding.kind().name())
            .put(Names.CAUSE, finding.cause())
            .build();
    spans.add(
        Step.of(
            trace,
            DIAGNOSE,
            behind == null ? "" : TraceIds.span(trace, UplinkSpans.PROCESS),
            DIAGNOSE,
            SpanKind.INTERNAL,
            since,
            now,
            attributes));
  }

  /** Sees what a step emits. */
  private static final class Tap implements Emit {
    private final Emit out;
    private final List<Finding> findings = new ArrayList<>(0);
    private long time = Long.MIN_VALUE;
    private boolean judged;

    Tap(Emit out) {
      this.out = out;
    }

    @Override
    public <T> void to(Topic<T> topic, DeviceId key, T value) {
      out.to(topic, key, value);
      if (value instanceof Finding finding && topic.name().equals(Topics.FINDINGS.name())) {
        findings.add(finding);
      } else if (value instanceof Telemetry telemetry) {
        time = Math.max(time, telemetry.time());
        judged |=
            telemetry instanceof Telemetry.FaultCodes
                || telemetry instanceof Telemetry.Signals
                || telemetry instanceof Telemetry.Frames;
      }
    }
  }
}
