package io.foretell.app.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.Optional;

/**
 * One span, done.
 *
 * @param trace its trace's id
 * @param span its own id
 * @param parent its parent's id; empty for the first of a trace
 * @param failure what went wrong; empty where nothing did
 * @param link the trace of the same uplink by itself, where there is one
 */
record Step(
    String trace,
    String span,
    String parent,
    String name,
    SpanKind kind,
    Instant begun,
    Instant ended,
    Attributes attributes,
    String failure,
    Optional<Link> link) {

  /** Another trace's span. */
  record Link(String trace, String span) {}

  static Step of(
      String trace,
      String step,
      String parent,
      String name,
      SpanKind kind,
      Instant begun,
      Instant ended,
      Attributes attributes) {
    return new Step(
        trace,
        TraceIds.span(trace, step),
        parent,
        name,
        kind,
        begun,
        ended.isBefore(begun) ? begun : ended,
        attributes,
        "",
        Optional.empty());
  }

  Step linked(Optional<Link> other) {
    return new Step(trace, span, parent, name, kind, begun, ended, attributes, failure, other);
  }

  Step failed(String why) {
    return new Step(trace, span, parent, name, kind, begun, ended, attributes, why, link);
  }
}
