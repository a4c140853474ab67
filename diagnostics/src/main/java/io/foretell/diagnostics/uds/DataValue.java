package io.foretell.diagnostics.uds;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A value that a definition finds in an item's bytes.
 *
 * @param text text, or the name of a state; empty where it is a number
 * @param number the number; not a number where it is text
 */
public record DataValue(String name, String text, double number, String unit) {
  /** The values of an item, as far as its bytes go. */
  public static List<DataValue> of(Definition.Item item, byte[] data) {
    List<DataValue> values = new ArrayList<>(item.fields().size());
    for (Definition.Field field : item.fields()) {
      if (field.bits() == 0 && field.bit() / 8 <= data.length) {
        values.add(new DataValue(field.name(), text(data, field.bit() / 8), Double.NaN, ""));
      } else if (field.bits() > 0 && field.bit() + field.bits() <= 8L * data.length) {
        values.add(value(field, data));
      }
    }
    return values;
  }

  private static DataValue value(Definition.Field field, byte[] data) {
    long raw = 0;
    for (int bit = field.bit(); bit < field.bit() + field.bits(); bit++) {
      raw = raw << 1 | data[bit / 8] >>> 7 - bit % 8 & 1;
    }
    if (field.signed() && field.bits() < 64 && (raw >>> field.bits() - 1 & 1) != 0) {
      raw |= -1L << field.bits();
    }
    String state = field.states().getOrDefault(raw, "");
    double number = state.isEmpty() ? raw * field.factor() + field.offset() : Double.NaN;
    return new DataValue(field.name(), state, number, field.unit());
  }

  private static String text(byte[] data, int from) {
    int end = data.length;
    while (end > from && (data[end - 1] == 0 || data[end - 1] == ' ' || data[end - 1] == -1)) {
      end--;
    }
    return new String(data, from, end - from, StandardCharsets.ISO_8859_1);
  }
}
