package io.foretell.ingest;

import static java.util.Arrays.stream;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings the series of a message into the order of time: one series a signal, one sample a moment.
 * Of two samples of one moment the later in the message stays. A sample that is no finite number
 * refuses the message: a device that has no value leaves the sample out.
 */
final class SeriesOrder {
  private final Limits limits;

  SeriesOrder(Limits limits) {
    this.limits = limits;
  }

  Telemetry.Signals ordered(Telemetry.Signals signals) {
    int n = signals.names().size();
    if (n > limits.series()) {
      throw wrong("%d series, %d are allowed".formatted(n, limits.series()));
    }
    long total = 0;
    long latest = -1;
    boolean asIs = distinct(signals.names());
    for (int i = 0; i < n; i++) {
      String name = signals.names().get(i);
      long[] times = signals.times().get(i);
      double[] values = signals.values().get(i);
      SignalNames.check(name);
      admit(name, times, values);
      total += times.length;
      asIs &= times.length > 0 && ascending(times);
      for (long t : times) {
        latest = Math.max(latest, t);
      }
    }
    if (total == 0) {
      throw wrong(n == 0 ? "no series" : "no samples");
    }
    if (total > limits.samples()) {
      throw wrong("%d samples, %d are allowed".formatted(total, limits.samples()));
    }
    return asIs
        ? new Telemetry.Signals(latest, signals.names(), signals.times(), signals.values())
        : sorted(latest, signals);
  }

  private static void admit(String name, long[] times, double[] values) {
    if (times.length != values.length) {
      throw wrong(name + ": " + times.length + " times for " + values.length + " values");
    }
    for (int i = 0; i < times.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw wrong(name + ": " + values[i] + " is no finite number");
      }
      if (times[i] < 0) {
        throw wrong(name + ": a time before 1970");
      }
    }
  }

  private static boolean distinct(List<String> names) {
    if (names.size() > 16) {
      return names.size() == names.stream().distinct().count();
    }
    for (int i = 1; i < names.size(); i++) {
      if (names.subList(0, i).contains(names.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean ascending(long[] times) {
    for (int i = 1; i < times.length; i++) {
      if (times[i] <= times[i - 1]) {
        return false;
      }
    }
    return true;
  }

  private static Telemetry.Signals sorted(long latest, Telemetry.Signals signals) {
    Map<String, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < signals.names().size(); i++) {
      if (signals.times().get(i).length > 0) {
        places.computeIfAbsent(signals.names().get(i), name -> new ArrayList<>(1)).add(i);
      }
    }
    List<String> names = new ArrayList<>(places.keySet());
    List<long[]> times = new ArrayList<>(names.size());
    List<double[]> values = new ArrayList<>(names.size());
    for (List<Integer> parts : places.values()) {
      long[] t = parts.stream().flatMapToLong(i -> stream(signals.times().get(i))).toArray();
      double[] v = parts.stream().flatMapToDouble(i -> stream(signals.values().get(i))).toArray();
      times.add(t);
      values.add(v);
      if (!ascending(t)) {
        sort(times.size() - 1, times, values);
      }
    }
    return new Telemetry.Signals(latest, names, times, values);
  }

  private static void sort(int at, List<long[]> times, List<double[]> values) {
    long[] t = times.get(at);
    double[] v = values.get(at);
    Integer[] order = new Integer[t.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> t[i]));
    long[] sortedTimes = new long[t.length];
    double[] sortedValues = new double[t.length];
    int n = 0;
    for (int i : order) {
      if (n > 0 && sortedTimes[n - 1] == t[i]) {
        n--;
      }
      sortedTimes[n] = t[i];
      sortedValues[n++] = v[i];
    }
    times.set(at, Arrays.copyOf(sortedTimes, n));
    values.set(at, Arrays.copyOf(sortedValues, n));
  }

  private static InvalidInputException wrong(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }
}
