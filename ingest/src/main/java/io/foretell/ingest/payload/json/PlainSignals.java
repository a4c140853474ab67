package io.foretell.ingest.payload.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Signals by name, an object a moment. */
final class PlainSignals extends PlainBody {
  /** Samples of one signal, growing. */
  private static final class Column {
    private long[] times = new long[4];
    private double[] values = new double[4];
    private int size;

    void add(long time, double value) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
        values = Arrays.copyOf(values, size * 2);
      }
      times[size] = time;
      values[size++] = value;
    }
  }

  private final long receivedAt;
  private final int mostSamples;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  // Of the object at hand, whose time may come after its values.
  private final List<String> names = new ArrayList<>();
  private final List<Double> values = new ArrayList<>();
  private boolean series;
  private int samples;

  PlainSignals(JsonParser parser, long receivedAt, int mostSamples) {
    super(parser);
    this.receivedAt = receivedAt;
    this.mostSamples = mostSamples;
  }

  @Override
  void object(boolean element) throws IOException {
    long time = receivedAt;
    names.clear();
    values.clear();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals("t")) {
        time = time(receivedAt);
      } else {
        series |= token == JsonToken.START_ARRAY && name.equals("series");
        member(name, token);
      }
    }
    for (int i = 0; i < names.size(); i++) {
      columns.computeIfAbsent(names.get(i), n -> new Column()).add(time, values.get(i));
    }
  }

  private void member(String name, JsonToken token) throws IOException {
    switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> add(name, parser.getDoubleValue());
      case VALUE_TRUE -> add(name, 1);
      case VALUE_FALSE -> add(name, 0);
      case VALUE_NULL -> {}
      case START_OBJECT -> {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String inner = name + "." + parser.currentName();
          member(inner, parser.nextToken());
        }
      }
      case START_ARRAY -> complainAndSkip("'" + name + "' is an array; a signal has a number");
      default -> complain("'" + name + "' is a text; a signal has a number");
    }
  }

  private void add(String name, double value) {
    if (++samples > mostSamples) {
      complain("more than " + mostSamples + " samples");
      return;
    }
    names.add(name);
    values.add(value);
  }

  @Override
  boolean message() {
    return series;
  }

  @Override
  List<Telemetry> values() {
    List<long[]> times = new ArrayList<>(columns.size());
    List<double[]> numbers = new ArrayList<>(columns.size());
    long latest = 0;
    for (Column column : columns.values()) {
      long[] t = Arrays.copyOf(column.times, column.size);
      times.add(t);
      numbers.add(Arrays.copyOf(column.values, column.size));
      latest = Math.max(latest, Arrays.stream(t).max().orElse(0));
    }
    return List.of(
        new Telemetry.Signals(latest, new ArrayList<>(columns.keySet()), times, numbers));
  }
}
