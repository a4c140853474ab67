package io.foretell.app.otel;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;

/** An exporter whose luck is counted. */
final class Counted implements SpanExporter {
  private final SpanExporter exporter;
  private final LongAdder exported = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile boolean failing;

  Counted(SpanExporter exporter) {
    this.exporter = exporter;
  }

  long exported() {
    return exported.sum();
  }

  long failed() {
    return failed.sum();
  }

  boolean failing() {
    return failing;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode result = exporter.export(spans);
    result.whenComplete(
        () -> {
          failing = !result.isSuccess();
          (failing ? failed : exported).add(spans.size());
        });
    return result;
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
