package io.foretell.diagnostics.industrial;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Locale;

/**
 * The status bytes of a HART field device (HCF_SPEC-307 command summary, HCF_SPEC-183 common
 * tables).
 *
 * <pre>
 *   one byte    device status
 *   two bytes   response code or communication error, device status
 *   three       the same, extended device status (common table 17)
 * </pre>
 *
 * Faults have the codes {@code D7}…{@code D0} (device status), {@code X5}…{@code X0} (extended
 * device status), {@code E7}…{@code E0} (communication error).
 */
public final class Hart {
  /** The family of its faults. */
  public static final String FAMILY = "hart";

  private static final int COMMUNICATION_ERROR = 0x80;
  private static final int EXTENDED_BITS = 6;

  private Hart() {}

  /**
   * Reads one to three status bytes.
   *
   * @param system the device; empty: as a whole
   * @throws InvalidInputException where there are none or more
   */
  public static DeviceStatus read(byte[] bytes, String system) {
    if (bytes.length < 1 || bytes.length > 3) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "HART has 1 to 3 status bytes, not " + bytes.length);
    }
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, system);
    int at = 0;
    if (bytes.length > 1) {
      response(bytes[0] & 0xFF, draft);
      at = 1;
    }
    boolean lost = at == 1 && (bytes[0] & COMMUNICATION_ERROR) != 0;
    if (!lost) {
      bits(bytes[at] & 0xFF, "D", 8, at, "device status byte", "HCF_SPEC-183 table 11", draft);
    }
    if (!lost && bytes.length == 3) {
      String table = "HCF_SPEC-183 table 17";
      bits(bytes[2] & 0xFF, "X", EXTENDED_BITS, 2, "extended device status", table, draft);
    }
    return draft.whole(!lost);
  }

  private static void response(int value, DeviceStatus.Draft draft) {
    if ((value & COMMUNICATION_ERROR) != 0) {
      bits(value & 0x7F, "E", 7, 0, "communication error", "HCF_SPEC-307 6.2", draft);
      if ((value & 0x7F) == 0) {
        one("E7", "communication error", draft);
      }
      return;
    }
    String code = String.format(Locale.ROOT, "R%02d", value);
    StatusText text = Texts.find(FAMILY, code);
    draft.field("response", text == null ? "Command-specific response " + value : text.english());
    draft.step(0, 1, "response code " + value, "HCF_SPEC-307 6.3");
  }

  private static void bits(
      int value,
      String prefix,
      int count,
      int at,
      String name,
      String clause,
      DeviceStatus.Draft to) {
    for (int bit = count - 1; bit >= 0; bit--) {
      if ((value >>> bit & 1) != 0) {
        one(prefix + bit, name, to);
        to.step(at, 1, name + " bit " + bit, clause);
      }
    }
    if (value == 0) {
      to.step(at, 1, name + ": no bit set", clause);
    }
  }

  private static void one(String code, String name, DeviceStatus.Draft to) {
    StatusText text = Texts.get(FAMILY, code);
    to.field(code, text.english());
    to.condition(code, text.signal(), text.english());
  }
}
