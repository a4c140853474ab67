package io.foretell.app.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/** The registry behind {@code /metrics}; parts give it functions to read their counts with. */
public final class Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** With what the JVM tells of itself. */
  public Metrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(registry);
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

  /** All of it in the Prometheus text format. */
  public String text() {
    return registry.scrape();
  }
}
