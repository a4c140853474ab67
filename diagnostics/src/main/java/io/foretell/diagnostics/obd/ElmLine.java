package io.foretell.diagnostics.obd;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One line that a tester or a logger printed. */
sealed interface ElmLine {
  /** A CAN frame; bit 31 of the identifier set: 29 bits. */
  record Can(String unit, int id, byte[] data) implements ElmLine {}

  /** The length of the numbered lines that follow. */
  record Length(int bytes) implements ElmLine {}

  /** A numbered line of an answer without headers. */
  record Numbered(int number, byte[] data) implements ElmLine {}

  /** Bytes of an older bus, without header and checksum; and what is wrong with these. */
  record Old(String unit, byte[] data, String doubt) implements ElmLine {}

  /** Nothing of interest: echo, prompt, progress. */
  record Nothing() implements ElmLine {}

  /** The tester says that something went wrong. */
  record Failure(ReasonCode reason, String words) implements ElmLine {}

  /** Bytes of a CAN frame. */
  int FRAME = 8;

  /** Identifiers have 29 bits. */
  int LARGEST_ID = 0x1FFFFFFF;

  /** Words before an answer on the same line. */
  Pattern PROGRESS = Pattern.compile("^(?:SEARCHING\\.*|BUS ?INIT:? ?\\.*(?:OK)?)\\s*");

  /** Words of the tester that say nothing of the vehicle. */
  Pattern CHATTER = Pattern.compile("OK|ELM ?327.*|STN\\d+.*|AT ?[A-Z@].*");

  /** Hex text. */
  Pattern HEX = Pattern.compile("[0-9A-F]+");

  /** {@code 0: 49 02 01 …}. */
  Pattern NUMBERED = Pattern.compile("([0-9A-F]):([0-9A-F]*)");

  /** {@code 7E8 8 06 41 …}, {@code 18 DA F1 10 8 06 41 …}: with the data length code. */
  Pattern WITH_LENGTH =
      Pattern.compile(
          "([0-7][0-9A-F]{2}|[01][0-9A-F] ?(?:[0-9A-F]{2} ?){2}[0-9A-F]{2}) ([0-8])"
              + " ((?:[0-9A-F]{2} ?)+)");

  /** The same without blanks; no frame of ISO-TP begins so. */
  Pattern PACKED_LENGTH =
      Pattern.compile("([5-7][0-9A-F]{2}|[01][0-9A-F]D[AB][0-9A-F]{4})([1-8])([0-9A-F]{2,16})");

  /** {@code (1.5) can0 7E8#0641…} and {@code can0 7E8 [8] 06 41 …}. */
  Pattern CANDUMP =
      Pattern.compile("(?:.*\\s)?([0-9A-F]{3}|[0-9A-F]{8})(?:#|\\s*\\[\\d+\\]\\s*)([0-9A-F ]*)");

  /** 29 bits, normal fixed addressing: any priority. */
  Pattern FIXED = Pattern.compile("([01][0-9A-F]D[AB][0-9A-F]{4})((?:[0-9A-F]{2}){1,64})");

  /** 11 bits, filled up with zeros to eight digits. */
  Pattern FILLED = Pattern.compile("00000([0-7][0-9A-F]{2})((?:[0-9A-F]{2}){1,64})");

  /**
   * Reads a line.
   *
   * @param service what was asked for: where it answers tells a header from none
   * @throws InvalidInputException where it is neither hex nor a known word
   */
  static ElmLine of(String printed, int service) {
    String line = printed.trim().toUpperCase(Locale.ROOT);
    line = PROGRESS.matcher(line).replaceFirst("").replace("0X", "");
    if (line.isEmpty() || CHATTER.matcher(line).matches()) {
      return new Nothing();
    }
    Matcher m = CANDUMP.matcher(line);
    if (m.matches()) {
      return can(m.group(1), m.group(2).replace(" ", ""));
    }
    m = WITH_LENGTH.matcher(line);
    if (m.matches()) {
      String data = m.group(3).replace(" ", "");
      int most = 2 * Integer.parseInt(m.group(2));
      return can(m.group(1).replace(" ", ""), data.substring(0, Math.min(most, data.length())));
    }
    String packed = line.replaceAll("[ \\t,;]", "");
    m = NUMBERED.matcher(packed);
    if (m.matches()) {
      return new Numbered(Integer.parseInt(m.group(1), 16), bytes(m.group(2)));
    }
    return HEX.matcher(packed).matches() ? hex(packed, service) : failure(line);
  }

  private static ElmLine hex(String packed, int service) {
    if (packed.length() == 3) {
      return new Length(Integer.parseInt(packed, 16));
    }
    Matcher m = PACKED_LENGTH.matcher(packed);
    if (m.matches()
        && m.group(3).length() == 2 * Integer.parseInt(m.group(2))
        && !answers((byte) Integer.parseInt(packed.substring(0, 2), 16), service)) {
      return can(m.group(1), m.group(3));
    }
    if (packed.length() % 2 == 1) {
      return packed.length() > 3 ? can(packed.substring(0, 3), packed.substring(3)) : new Nothing();
    }
    m = FIXED.matcher(packed);
    if (m.matches() || (m = FILLED.matcher(packed)).matches()) {
      return can(m.group(1), m.group(2));
    }
    return old(bytes(packed), service);
  }

  /** A CAN frame without its identifier: first of all comes what ISO-TP says of its length. */
  private static boolean isFrame(byte[] bytes, int service) {
    int kind = bytes[0] >>> 4 & 15;
    return switch (kind) {
      case 0 -> bytes[0] > 0 && bytes[0] < bytes.length && answers(bytes[1], service);
      case 1 -> bytes.length == FRAME && answers(bytes[2], service);
      case 2, 3 -> bytes.length <= FRAME;
      default -> false;
    };
  }

  private static ElmLine can(String id, String hex) {
    int bits = Integer.parseUnsignedInt(id, 16);
    if (Integer.compareUnsigned(bits, LARGEST_ID) > 0) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "an identifier has 29 bits at most: " + id);
    }
    boolean extended = id.length() > 3 && bits > 0x7FF;
    return new Can(id, extended ? bits | 1 << 31 : bits, bytes(hex));
  }

  /**
   * Where a header is, there is a checksum. One that is wrong is told and does not refuse the line:
   * a tester that prints it has verified what it heard, and logs are made anonymous afterwards.
   */
  private static ElmLine old(byte[] frame, int service) {
    int header = OldBus.header(frame, first -> answers(first, service));
    boolean sound = header > 0 && OldBus.wrong(frame, header).isEmpty();
    if (!sound && isFrame(frame, service)) {
      return new Can("", 0, frame);
    }
    if (header == 0) {
      return new Old("", frame, "");
    }
    String source = String.format(Locale.ROOT, "%02X", frame[2]);
    byte[] data = java.util.Arrays.copyOfRange(frame, header, frame.length - 1);
    return new Old(source, data, OldBus.wrong(frame, header));
  }

  private static boolean answers(byte first, int service) {
    return (first & 0xFF) == service + 0x40 || (first & 0xFF) == 0x7F;
  }

  private static byte[] bytes(String hex) {
    if (hex.length() % 2 != 0) {
      throw new InvalidInputException(ReasonCode.TRUNCATED_FRAME, "half a byte: " + cut(hex));
    }
    return HexFormat.of().parseHex(hex);
  }

  private static ElmLine failure(String line) {
    if (line.equals("NO DATA") || line.equals("NODATA")) {
      return new Failure(ReasonCode.NOT_FOUND, "NO DATA: nobody answered");
    }
    for (String word :
        new String[] {"STOPPED", "BUFFER FULL", "DATA ERROR", "RX ERROR", "RX TIMEOUT"}) {
      if (line.contains(word)) {
        return new Failure(ReasonCode.TRUNCATED_FRAME, word);
      }
    }
    for (String word :
        new String[] {
          "UNABLE TO CONNECT", "BUS BUSY", "LV RESET", "ALERT", "OUT OF MEMORY", "TIMEOUT", "ERR"
        }) {
      if (line.contains(word)) {
        return new Failure(ReasonCode.PRECONDITION_FAILED, cut(line));
      }
    }
    if (line.equals("?")) {
      return new Failure(ReasonCode.WRONG_SHAPE, "the tester did not understand the request");
    }
    throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a line is no hex: " + cut(line));
  }

  private static String cut(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
