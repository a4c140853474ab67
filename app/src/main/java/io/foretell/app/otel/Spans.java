package io.foretell.app.otel;

import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.Severity;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Sends spans to a collector: in batches, from a queue that drops what it cannot hold, so that a
 * collector that is slow or gone costs nobody anything.
 */
public final class Spans implements Part {
  private static final String PART = "telemetry";
  private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration EXPORT_EVERY = Duration.ofSeconds(1);
  private static final long CLOSE_SECONDS = 5;

  private final GivenIds ids = new GivenIds();
  private final Counted exporter;
  private final SdkTracerProvider provider;
  private final Tracer tracer;

  /** Connects to nothing yet. */
  public Spans(OtlpSettings settings) {
    OtlpHttpSpanExporterBuilder otlp =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.traces().toString())
            .setTimeout(EXPORT_TIMEOUT)
            .setCompression("gzip");
    settings.headers().forEach(otlp::addHeader);
    exporter = new Counted(otlp.build());
    provider =
        SdkTracerProvider.builder()
            .setResource(resource(settings))
            .setIdGenerator(ids)
            .setSampler(Sampler.alwaysOn()) // who makes a span has decided already
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter)
                    .setScheduleDelay(EXPORT_EVERY)
                    .setExporterTimeout(EXPORT_TIMEOUT)
                    .build())
            .build();
    tracer = provider.get("io.foretell", settings.version());
  }

  private static Resource resource(OtlpSettings settings) {
    return Resource.create(
        Attributes.builder()
            .put("service.name", "foretell")
            .put("service.version", settings.version())
            .put("service.instance.id", UUID.randomUUID().toString())
            .put(AttributeKey.stringArrayKey("foretell.roles"), settings.roles())
            .build());
  }

  /** Gives a span to be sent. Never blocks. */
  void add(Step step) {
    ids.next(step.trace(), step.span());
    SpanBuilder builder =
        tracer
            .spanBuilder(step.name())
            .setSpanKind(step.kind())
            .setStartTimestamp(step.begun())
            .setAllAttributes(step.attributes());
    if (step.parent().isEmpty()) {
      builder.setNoParent();
    } else {
      builder.setParent(Context.root().with(Span.wrap(context(step.trace(), step.parent()))));
    }
    step.link().ifPresent(other -> builder.addLink(context(other.trace(), other.span())));
    Span span = builder.startSpan();
    if (!step.failure().isEmpty()) {
      span.setStatus(StatusCode.ERROR, step.failure());
    }
    span.end(step.ended());
  }

  private static SpanContext context(String trace, String span) {
    return SpanContext.createFromRemoteParent(
        trace, span, TraceFlags.getSampled(), TraceState.getDefault());
  }

  /** Spans that a collector has taken, since the start. */
  public long exported() {
    return exporter.exported();
  }

  /** Spans that were sent and not taken, since the start. */
  public long failed() {
    return exporter.failed();
  }

  @Override
  public void start() {}

  @Override
  public Health health() {
    return exporter.failing()
        ? new Health(
            PART,
            true,
            List.of(
                new Health.Notice(
                    "TRACES_NOT_EXPORTED",
                    Severity.MINOR,
                    "The collector at telemetry.otlp.endpoint does not take traces.",
                    "See that it runs; what it does not take is dropped.")))
        : Health.good(PART);
  }

  @Override
  public void close() {
    provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  /** Gives a span the ids that were chosen for it. */
  private static final class GivenIds implements IdGenerator {
    private final ThreadLocal<String[]> next = ThreadLocal.withInitial(() -> new String[2]);

    void next(String trace, String span) {
      String[] both = next.get();
      both[0] = trace;
      both[1] = span;
    }

    @Override
    public String generateTraceId() {
      return next.get()[0];
    }

    @Override
    public String generateSpanId() {
      return next.get()[1];
    }
  }
}
