package io.foretell.diagnostics.obd;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a signal is within a PID's data, and how it becomes a value: raw × {@code times} ÷ {@code
 * over} + {@code plus}.
 *
 * @param primary whether it is the value by which the PID is known
 * @param at its first byte after the PID
 * @param bytes how many bytes, big endian
 * @param shift bits to its right within them
 * @param bits how many bits
 * @param conditions what must hold for it to be there
 */
record PidSignal(
    String id,
    boolean primary,
    int at,
    int bytes,
    int shift,
    int bits,
    boolean signed,
    double times,
    double over,
    double plus,
    String unit,
    List<Condition> conditions,
    String name) {
  private static final String NOT_FLAG = "not_flag";
  private static final String STATE = "state:";
  private static final Pattern PLACE = Pattern.compile("(s?)([A-Z]+)(?:(\\d)(?:-(\\d))?)?");
  private static final Pattern CONDITION = Pattern.compile("([!+]?)([A-Z])(?:(\\d)|<(\\d+))");

  /**
   * What a byte must have: a bit, or a value below a limit.
   *
   * @param bit the bit; -1 for a limit
   * @param limit the bit's value, 0 or 1; or the limit
   */
  record Condition(int at, int bit, int limit) {
    boolean holds(byte[] data, int from) {
      int value = data[from + at] & 0xFF;
      return bit < 0 ? value < limit : (value >>> bit & 1) == limit;
    }
  }

  /** Reads a row of the table: PID, id, place, scale, offset, unit, condition, name. */
  static PidSignal of(String[] row) {
    Matcher place = PLACE.matcher(row[2]);
    if (!place.matches()) {
      throw new IllegalStateException("no place: " + row[2]);
    }
    int bytes = place.group(2).length();
    int high = place.group(3) == null ? 8 * bytes - 1 : Integer.parseInt(place.group(3));
    int low =
        place.group(3) == null
            ? 0
            : place.group(4) == null ? high : Integer.parseInt(place.group(4));
    int slash = row[3].indexOf('/');
    return new PidSignal(
        row[1].startsWith("*") ? row[1].substring(1) : row[1],
        row[1].startsWith("*"),
        place.group(2).charAt(0) - 'A',
        bytes,
        low,
        high - low + 1,
        !place.group(1).isEmpty(),
        Double.parseDouble(slash < 0 ? row[3] : row[3].substring(0, slash)),
        slash < 0 ? 1 : Double.parseDouble(row[3].substring(slash + 1)),
        Double.parseDouble(row[4]),
        row[5],
        conditions(row[6]),
        row[7]);
  }

  private static List<Condition> conditions(String text) {
    List<Condition> conditions = new ArrayList<>();
    Matcher m = CONDITION.matcher(text);
    while (m.find()) {
      int at = m.group(2).charAt(0) - 'A';
      conditions.add(
          m.group(3) == null
              ? new Condition(at, -1, Integer.parseInt(m.group(4)))
              : new Condition(at, Integer.parseInt(m.group(3)), m.group(1).equals("!") ? 0 : 1));
    }
    return List.copyOf(conditions);
  }

  /** How many bytes must follow the PID. */
  int needs() {
    return at + bytes;
  }

  /** Whether the answer has it: it is long enough, and says that it is supported. */
  boolean in(byte[] data, int from) {
    if (from + needs() > data.length) {
      return false;
    }
    for (Condition condition : conditions) {
      if (!condition.holds(data, from)) {
        return false;
      }
    }
    return true;
  }

  private long raw(byte[] data, int from) {
    long raw = 0;
    for (int i = from + at; i < from + at + bytes; i++) {
      raw = raw << 8 | data[i] & 0xFF;
    }
    raw = raw >>> shift & (1L << bits) - 1;
    return signed && (raw >>> bits - 1 & 1) != 0 ? raw - (1L << bits) : raw;
  }

  double value(byte[] data, int from) {
    return raw(data, from) * times / over + plus;
  }

  ObdSignal signal(byte[] data, int from) {
    if (unit.equals(NOT_FLAG)) {
      return new ObdSignal(id, 1 - raw(data, from), "", ObdSignal.FLAG, name);
    }
    if (unit.startsWith(STATE)) {
      String state = States.word(unit.substring(STATE.length()), (int) raw(data, from));
      return new ObdSignal(id, Double.NaN, state, "state", name);
    }
    if (unit.equals("code")) {
      int code = (int) raw(data, from);
      String letters = code == 0 ? "" : io.foretell.diagnostics.codes.J2012.letters(code);
      return new ObdSignal(id, Double.NaN, letters, unit, name);
    }
    return new ObdSignal(id, value(data, from), "", unit, name);
  }
}
