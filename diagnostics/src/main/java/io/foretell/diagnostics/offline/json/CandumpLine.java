package io.foretell.diagnostics.offline.json;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * One line of candump, in the log's form or the screen's, parsed in place.
 *
 * <pre>
 *   (1589326646.631333) can1 18FECA00#40FF66000301FFFF R
 *   (2020-05-12 23:37:26.631333)  can1  RX - -  18FECA00   [8]  40 FF 66 00 03 01 FF FF  '@.f.....'
 * </pre>
 *
 * The time may be missing; then it is 0. So may the direction ({@code -x}). CAN FD ({@code
 * ID##flags data}), a length code above eight ({@code ID#data_9}) and remote frames ({@code ID#R},
 * no data) are read; comments ({@code #}, {@code ;}) and error frames (bit 29 of the identifier)
 * are told from frames. Identifiers of more than three digits have 29 bits: bit 31 is set.
 */
final class CandumpLine {
  private static final int EXTENDED = 0x80000000;

  /** Bit rate switch, error state; neither. */
  private static final String MARKS = "BE-";

  private static final int ERROR = 0x20000000;
  private static final int LARGEST_ID = 0x1FFFFFFF;
  private static final long MOST_SECONDS = 1_000_000_000_000L;

  long micros;
  String bus = "";
  int id;
  final byte[] data = new byte[64];
  int length;

  private String line = "";
  private int at;

  /**
   * Reads a line into the fields. False where it has no data of the bus in it: a comment, a remote
   * frame, or what a controller says of its own errors.
   *
   * @throws InvalidInputException where it is no frame
   */
  boolean read(String text) {
    line = text;
    at = 0;
    micros = 0;
    length = 0;
    blanks();
    if (peek() == '#' || peek() == ';') {
      return false;
    }
    if (peek() == '(') {
      time();
    }
    String name = word();
    bus = bus.equals(name) ? bus : name;
    direction();
    if (!identifier()) {
      return false;
    }
    return peek() == '#' ? packed() : spaced();
  }

  /** On the screen, direction and two marks of CAN FD stand before the identifier. */
  private void direction() {
    blanks();
    if (line.startsWith("RX ", at) || line.startsWith("TX ", at)) {
      at += 2;
      blanks();
      boolean marked = line.length() > at + 4 && MARKS.indexOf(line.charAt(at)) >= 0;
      if (marked && line.charAt(at + 1) == ' ' && MARKS.indexOf(line.charAt(at + 2)) >= 0) {
        at += 3;
      }
    }
  }

  private void time() {
    int end = line.indexOf(')', at);
    if (end < 0) {
      throw bad("no ) after the time");
    }
    boolean date = end - at > 5 && line.charAt(at + 5) == '-';
    micros = date ? date(line.substring(at + 1, end)) : seconds(at + 1, end);
    at = end + 1;
  }

  private long seconds(int from, int to) {
    long value = 0;
    int decimals = -1;
    for (int i = from; i < to; i++) {
      char c = line.charAt(i);
      if (c == '.' && decimals < 0) {
        decimals = 0;
      } else if (c >= '0' && c <= '9' && (decimals >= 0 || value < MOST_SECONDS / 10)) {
        if (decimals < 6) {
          value = value * 10 + c - '0';
          decimals += decimals < 0 ? 0 : 1;
        }
      } else {
        throw bad("no time");
      }
    }
    for (int i = Math.max(decimals, 0); i < 6; i++) {
      value *= 10;
    }
    return value;
  }

  private long date(String text) {
    try {
      LocalDateTime time = LocalDateTime.parse(text.trim().replace(' ', 'T'));
      return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.getNano() / 1000;
    } catch (DateTimeException e) {
      throw bad("no time");
    }
  }

  /** False for an error frame. */
  private boolean identifier() {
    blanks();
    int from = at;
    long value = 0;
    while (hex(peek()) >= 0 && at - from <= 8) {
      value = value << 4 | hex(peek());
      at++;
    }
    int digits = at - from;
    boolean error = digits == 8 && (value & ERROR) != 0 && value <= (ERROR | LARGEST_ID);
    if (digits == 0 || digits > 8 || value > LARGEST_ID && !error) {
      throw bad("no CAN identifier");
    }
    id = digits > 3 ? (int) value | EXTENDED : (int) value;
    return !error;
  }

  /** False for a remote frame, which asks and says nothing. */
  private boolean packed() {
    at++;
    if (peek() == '#') {
      at += 2;
    }
    if (peek() == 'R' || peek() == 'r') {
      return false;
    }
    bytes();
    return true;
  }

  private boolean spaced() {
    blanks();
    int close = line.indexOf(']', at);
    if (peek() != '[' || close < 0) {
      throw bad("neither # nor [ after the identifier");
    }
    at = close + 1;
    blanks();
    if (peek() == 'r') {
      return false;
    }
    bytes();
    return true;
  }

  private void bytes() {
    while (at < line.length() && line.charAt(at) != '\'') {
      char c = line.charAt(at);
      if (c == ' ' || c == '.') {
        at++;
        continue;
      }
      int low = at + 1 < line.length() ? hex(line.charAt(at + 1)) : -1;
      if (isDirection(at) || c == '_' && length == 8 && low > 8) {
        return;
      }
      if (hex(c) < 0 || low < 0 || length == data.length) {
        throw new InvalidInputException(
            ReasonCode.TRUNCATED_FRAME, "no whole bytes: " + Json.cut(line));
      }
      data[length++] = (byte) (hex(c) << 4 | low);
      at += 2;
    }
  }

  /** In a log, the direction is the last letter of the line. */
  private boolean isDirection(int place) {
    return place + 1 == line.length()
        && (line.charAt(place) == 'R' || line.charAt(place) == 'T')
        && line.charAt(place - 1) == ' ';
  }

  private String word() {
    blanks();
    int from = at;
    while (at < line.length() && line.charAt(at) != ' ' && line.charAt(at) != '\t') {
      at++;
    }
    int old = bus.length();
    return old == at - from && line.regionMatches(from, bus, 0, old)
        ? bus
        : line.substring(from, at);
  }

  private void blanks() {
    while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
      at++;
    }
  }

  private char peek() {
    return at < line.length() ? line.charAt(at) : 0;
  }

  private static int hex(char c) {
    return Character.digit(c, 16);
  }

  private InvalidInputException bad(String what) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, what + ": " + Json.cut(line));
  }
}
