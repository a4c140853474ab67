package io.foretell.ingest.payload.sparkplug;

import io.foretell.ingest.payload.sparkplug.MetricReader.Said;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Metrics as samples of signals. */
final class Signals {
  private final long payloadTime;
  private final List<String> names = new ArrayList<>();
  private final List<long[]> times = new ArrayList<>();
  private final List<double[]> values = new ArrayList<>();
  private long latest;

  Signals(long payloadTime) {
    this.payloadTime = payloadTime;
  }

  /** Adds a metric where it is a number and none of the protocol's own. */
  void add(String name, int type, Said said) {
    boolean own =
        name.equals("bdSeq")
            || name.startsWith("Node Control/")
            || name.startsWith("Device Control/");
    if (own || said.isNull() || !said.isNumber()) {
      return;
    }
    long time = said.timestamp() == 0 ? payloadTime : said.timestamp();
    latest = Math.max(latest, time);
    names.add(signal(name));
    times.add(new long[] {time});
    values.add(new double[] {said.number(type)});
  }

  /** Empty where there was no number. */
  Optional<Telemetry> done() {
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(new Telemetry.Signals(latest, names, times, values));
  }

  private static String signal(String metric) {
    StringBuilder name = new StringBuilder(metric.length());
    for (int i = 0; i < metric.length(); i++) {
      char c = metric.charAt(i);
      boolean allowed =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || "._-/[]".indexOf(c) >= 0;
      name.append(allowed ? c : '_');
    }
    return name.toString();
  }
}
