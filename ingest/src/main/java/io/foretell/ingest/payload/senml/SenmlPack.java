package io.foretell.ingest.payload.senml;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pack, resolved (RFC 8428 section 4.6) as it is read. For one use. */
final class SenmlPack {
  /** Section 4.4: the version of this document's fields. */
  private static final int NEWEST_VERSION = 10;

  private static final int LONGEST_TEXT = 200;

  /** Section 4.5.3: a time below is relative to now. */
  private static final double RELATIVE_BELOW = 1 << 28;

  /** ISO 8601's year 9999 in seconds; above it a time is no time. */
  private static final double LAST_SECOND = 253_402_300_799.0;

  private final JsonParser parser;
  private final long receivedAt;
  private final int mostSamples;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private int samples;

  private String baseName = "";
  private double baseTime;
  private double baseValue;
  private double baseSum;
  private int version;

  // Of the record at hand.
  private int seen;
  private String name = "";
  private double time;
  private @Nullable Double value;
  private @Nullable Double sum;

  SenmlPack(JsonParser parser, long receivedAt, int mostSamples) {
    this.parser = parser;
    this.receivedAt = receivedAt;
    this.mostSamples = mostSamples;
  }

  Telemetry read() throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw wrong("a pack is an array of records");
    }
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      if (t != JsonToken.START_OBJECT) {
        throw wrong("a record is a map");
      }
      record();
    }
    if (parser.nextToken() != null) {
      throw wrong("there is more after the end of the pack");
    }
    return signals();
  }

  private void record() throws IOException {
    seen = 0;
    name = "";
    time = 0;
    value = null;
    sum = null;
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_OBJECT; t = parser.nextToken()) {
      if (t != JsonToken.FIELD_NAME) {
        throw wrong("a record is a map of labels");
      }
      String label = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw wrong("the pack is cut off");
      }
      field(label, token);
    }
    resolve();
  }

  /** Labels of JSON, and their numbers in CBOR (table 4 of section 6). */
  private void field(String label, JsonToken token) throws IOException {
    switch (label) {
      case "bn", "-2" -> baseName = text(0, label, token);
      case "bt", "-3" -> baseTime = number(1, label, token);
      case "bu", "-4" -> text(2, label, token);
      case "bv", "-5" -> baseValue = number(3, label, token);
      case "bs", "-6" -> baseSum = number(4, label, token);
      case "bver", "-1" -> version(number(5, label, token));
      case "n", "0" -> name = text(6, label, token);
      case "u", "1" -> text(7, label, token);
      case "v", "2" -> value = number(8, label, token);
      case "vb", "4" -> value = truth(8, label, token);
      case "vs", "3", "vd", "8" -> throw wrong("'" + label + "' is no number; a signal has one");
      case "s", "5" -> sum = number(9, label, token);
      case "t", "6" -> time = number(10, label, token);
      case "ut", "7" -> number(11, label, token);
      default -> {
        if (label.endsWith("_")) {
          throw wrong("'" + shown(label) + "' must be understood and is not");
        }
        parser.skipChildren();
      }
    }
  }

  private void resolve() {
    if (value == null && sum == null) {
      if (!name.isEmpty()) {
        throw wrong("'" + shown(name) + "' has no value");
      }
      return;
    }
    String whole = (baseName + name).replace(':', '.');
    if (whole.isEmpty()) {
      throw wrong("a record without a name");
    }
    long at = millis(baseTime + time);
    if (value != null) {
      add(whole, at, value + baseValue);
    }
    if (sum != null) {
      add(whole + ".sum", at, sum + baseSum);
    }
  }

  private long millis(double seconds) {
    if (!(Math.abs(seconds) <= LAST_SECOND)) {
      throw wrong("a time that is none");
    }
    long millis = Math.round(seconds * 1000);
    return seconds < RELATIVE_BELOW ? receivedAt + millis : millis;
  }

  private void add(String signal, long at, double number) {
    if (++samples > mostSamples) {
      throw wrong("more than " + mostSamples + " samples");
    }
    columns.computeIfAbsent(signal, n -> new Column()).add(at, number);
  }

  private void version(double stated) {
    if (stated != Math.rint(stated) || stated < 1 || stated > NEWEST_VERSION) {
      throw wrong("version " + stated + " is not known");
    }
    if (version != 0 && version != (int) stated) {
      throw wrong("two versions in a pack");
    }
    version = (int) stated;
  }

  private void once(int bit, String label) {
    if ((seen & 1 << bit) != 0) {
      throw wrong("'" + label + "' twice in a record, or two values");
    }
    seen |= 1 << bit;
  }

  private double number(int bit, String label, JsonToken token) throws IOException {
    once(bit, label);
    if (!token.isNumeric()) {
      throw wrong("'" + label + "' is no number");
    }
    return parser.getDoubleValue();
  }

  private double truth(int bit, String label, JsonToken token) {
    once(bit, label);
    if (!token.isBoolean()) {
      throw wrong("'" + label + "' is neither true nor false");
    }
    return token == JsonToken.VALUE_TRUE ? 1 : 0;
  }

  private String text(int bit, String label, JsonToken token) throws IOException {
    once(bit, label);
    if (token != JsonToken.VALUE_STRING) {
      throw wrong("'" + label + "' is no text");
    }
    String text = parser.getText();
    // A base name goes before each of many names: what is long must not be built again and again.
    if (text.length() > LONGEST_TEXT) {
      throw new InvalidInputException(
          ReasonCode.INVALID_NAME, "'" + label + "' of " + text.length() + " characters");
    }
    return text;
  }

  private Telemetry signals() {
    List<long[]> times = new ArrayList<>(columns.size());
    List<double[]> values = new ArrayList<>(columns.size());
    long latest = 0;
    for (Column column : columns.values()) {
      long[] t = Arrays.copyOf(column.times, column.size);
      times.add(t);
      values.add(Arrays.copyOf(column.values, column.size));
      latest = Math.max(latest, Arrays.stream(t).max().orElse(0));
    }
    return new Telemetry.Signals(latest, new ArrayList<>(columns.keySet()), times, values);
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  private static InvalidInputException wrong(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }

  /** Samples of one signal, growing. */
  private static final class Column {
    private long[] times = new long[4];
    private double[] values = new double[4];
    private int size;

    void add(long time, double number) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
        values = Arrays.copyOf(values, size * 2);
      }
      times[size] = time;
      values[size++] = number;
    }
  }
}
