package io.foretell.diagnostics.signals;

import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples of signals while they are gathered, each signal's in order of time. */
final class Columns {
  private final Map<String, Column> byName = new LinkedHashMap<>();
  private int samples;

  /** How many there are. */
  int samples() {
    return samples;
  }

  /** Adds a sample; another one of the same moment gives way to it. */
  void add(String name, long time, double value) {
    samples += byName.computeIfAbsent(name, first -> new Column()).add(time, value);
  }

  /** All of them, as telemetry in the order of their first sight; then there are none. */
  Telemetry.Signals take() {
    List<String> names = List.copyOf(byName.keySet());
    List<long[]> times = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    long latest = 0;
    for (Column column : byName.values()) {
      times.add(Arrays.copyOf(column.times, column.size));
      values.add(Arrays.copyOf(column.values, column.size));
      latest = Math.max(latest, column.times[column.size - 1]);
    }
    byName.clear();
    samples = 0;
    return new Telemetry.Signals(latest, names, times, values);
  }

  private static final class Column {
    private long[] times = new long[16];
    private double[] values = new double[16];
    private int size;

    /** How many samples more there are: none where the moment has one already. */
    int add(long time, double value) {
      int at = size;
      if (size > 0 && times[size - 1] >= time) {
        int found = Arrays.binarySearch(times, 0, size, time);
        if (found >= 0) {
          values[found] = value;
          return 0;
        }
        at = -found - 1;
      }
      if (size == times.length) {
        times = Arrays.copyOf(times, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      System.arraycopy(times, at, times, at + 1, size - at);
      System.arraycopy(values, at, values, at + 1, size - at);
      times[at] = time;
      values[at] = value;
      size++;
      return 1;
    }
  }
}
