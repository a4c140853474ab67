package io.foretell.diagnostics.industrial;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The general status of a CIP reply (EtherNet/IP, DeviceNet; CIP volume 1, appendix B and table
 * 3-5.29).
 *
 * <pre>
 *   byte 0   service with its highest bit set
 *   byte 1   reserved
 *   byte 2   general status
 *   byte 3   how many words of additional status
 *   then     the words, low byte first
 * </pre>
 *
 * A fault's code is the general status, with the first additional word where there is one: {@code
 * 0x05}, {@code 0x01:0x0203}; its sub-type is the service.
 */
public final class Cip {
  /** The family of its faults. */
  public static final String FAMILY = "cip";

  private static final String CLAUSE = "CIP volume 1, B-1";
  private static final int REPLY = 0x80;
  private static final int HEADER = 4;
  private static final int OBJECT_SPECIFIC = 0xD0;

  private Cip() {}

  /**
   * Reads a reply.
   *
   * @throws InvalidInputException where it is none, or shorter than it says
   */
  public static DeviceStatus read(byte[] reply, String system) {
    if (reply.length < HEADER) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, "a reply has at least 4 bytes, not " + reply.length);
    }
    if ((reply[0] & REPLY) == 0) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no reply: its first bit is not set");
    }
    int words = reply[3] & 0xFF;
    if (reply.length < HEADER + 2 * words) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, words + " words of status do not fit " + reply.length);
    }
    List<Integer> additional = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      int at = HEADER + 2 * i;
      additional.add((reply[at + 1] & 0xFF) << 8 | reply[at] & 0xFF);
    }
    return read(reply[0] & 0x7F, reply[2] & 0xFF, additional, system);
  }

  private static DeviceStatus read(int service, int status, List<Integer> more, String system) {
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, system);
    String general = String.format(Locale.ROOT, "0x%02X", status);
    StatusText text = Texts.find(FAMILY, general);
    String code = general;
    if (!more.isEmpty() && status != 0) {
      code = general + String.format(Locale.ROOT, ":0x%04X", more.get(0));
      StatusText precise = Texts.find(FAMILY, code);
      text = precise != null ? precise : text;
    }
    String words = text != null ? text.english() : otherwise(status);
    Ne107 signal = text != null ? text.signal() : Ne107.FAILURE;
    draft.field("service", String.format(Locale.ROOT, "0x%02X", service));
    draft.field("status", words);
    draft.step(0, 1, "reply to service " + service, "CIP volume 1, 2-4.2");
    draft.step(2, 1, "general status " + general + ": " + words, CLAUSE);
    if (!more.isEmpty()) {
      List<String> hex = more.stream().map(w -> String.format(Locale.ROOT, "0x%04X", w)).toList();
      draft.field("additional", String.join(" ", hex));
      draft.step(HEADER, 2 * more.size(), "additional status", "CIP volume 1, 3-5.29");
    }
    draft.condition(code, service, signal, signal.status(), words);
    return draft.whole(false);
  }

  private static String otherwise(int status) {
    String kind = status >= OBJECT_SPECIFIC ? "Error of the object class " : "Reserved status ";
    return kind + String.format(Locale.ROOT, "0x%02X", status);
  }
}
