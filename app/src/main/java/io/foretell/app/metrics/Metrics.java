package io.foretell.app.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;

/**
 * The registry behind {@code /metrics}; parts give it functions to read their counts with. Names
 * are Prometheus's own: base units, which the name ends with, and {@code _total} for counters.
 */
public final class Metrics {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** All metrics at a moment, in one of the formats. */
  public record Page(String contentType, byte[] body) {}

  /** With what the JVM and the system tell of themselves. */
  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(registry);
  }

  /** The space of the disk that a folder is on. */
  public void disk(Path folder) {
    new DiskSpaceMetrics(folder.toFile()).bindTo(registry);
  }

  /** A count that only grows. */
  public <T> void counter(
      String name, String help, T of, ToDoubleFunction<T> read, String... tags) {
    FunctionCounter.builder(name, of, read).description(help).tags(tags).register(registry);
  }

  /** A value of the moment. */
  public <T> void gauge(String name, String help, T of, ToDoubleFunction<T> read, String... tags) {
    Gauge.builder(name, of, read)
        .description(help)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /**
   * All of it.
   *
   * @param openMetrics in the OpenMetrics 1.0 format; else in Prometheus's text format 0.0.4
   */
  public Page page(boolean openMetrics) {
    String type = openMetrics ? OPEN_METRICS : TEXT;
    ByteArrayOutputStream out = new ByteArrayOutputStream(32 * 1024);
    try {
      registry.scrape(out, type);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics could not be written to memory", e);
    }
    return new Page(type, out.toByteArray());
  }
}
