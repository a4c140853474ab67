package io.foretell.diagnostics.industrial;

import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * An emergency message of a CANopen node (CiA 301 clause 7.2.7): identifier 0x80 + node.
 *
 * <pre>
 *   bytes 0 1   error code, low byte first
 *   byte 2      error register: generic, current, voltage, temperature, communication,
 *               device profile, reserved, maker
 *   bytes 3–7   the maker's own
 * </pre>
 *
 * A fault's code is the error code ({@code 0x8130}), its system the node ({@code node:5}), its
 * sub-type the error register. Code 0: the errors are over.
 */
public final class CanOpenEmergency {
  /** The family of its faults. */
  public static final String FAMILY = "canopen";

  private static final String CLAUSE = "CiA 301 7.2.7.1";
  private static final int FIRST_ID = 0x80;
  private static final int LAST_NODE = 127;
  private static final int LENGTH = 8;
  private static final String[] REGISTER = {
    "generic",
    "current",
    "voltage",
    "temperature",
    "communication",
    "device profile",
    "reserved",
    "maker"
  };

  private CanOpenEmergency() {}

  /**
   * Reads a message.
   *
   * @throws InvalidInputException where the identifier is no node's, or the data too short
   */
  public static DeviceStatus read(int id, byte[] data) {
    int node = id - FIRST_ID;
    if (node < 1 || node > LAST_NODE) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "no emergency identifier: " + id + "; they are 129 to 255");
    }
    if (data.length < LENGTH) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, "an emergency has 8 bytes, not " + data.length);
    }
    int code = (data[1] & 0xFF) << 8 | data[0] & 0xFF;
    int register = data[2] & 0xFF;
    DeviceStatus.Draft draft = new DeviceStatus.Draft(FAMILY, "node:" + node);
    String words = words(code);
    draft.field("node", Integer.toString(node));
    draft.field("error", words);
    draft.field("register", String.join(", ", register(register)));
    draft.field("maker", HexFormat.of().formatHex(data, 3, LENGTH));
    draft.step(0, 2, "error code " + notation(code) + ": " + words, CLAUSE);
    draft.step(2, 1, "error register", "CiA 301 7.5.2.2");
    draft.step(3, 5, "maker's own", CLAUSE);
    Ne107 signal = signal(code);
    int status = signal == Ne107.FAILURE ? signal.status() : Fault.TEST_FAILED | Fault.CONFIRMED;
    draft.condition(notation(code), register, signal, status, words);
    return draft.whole(code >>> 8 == 0);
  }

  /** The canonical notation of an error code. */
  public static String notation(int code) {
    return String.format(Locale.ROOT, "0x%04X", code);
  }

  /** The narrowest row of the texts: the code, its group of 16, of 256, its class; empty: none. */
  public static String key(int code) {
    for (int mask : new int[] {0xFFFF, 0xFFF0, 0xFF00, 0xF000}) {
      String key = notation(code & mask);
      if (Texts.find(FAMILY, key) != null && ((code & mask) != 0 || code >>> 8 == 0)) {
        return key;
      }
    }
    return "";
  }

  /** What a code means, down to its class. */
  public static String words(int code) {
    String key = key(code);
    return key.isEmpty() ? "Error of a reserved class" : Texts.get(FAMILY, key).english();
  }

  private static Ne107 signal(int code) {
    String key = key(code);
    return key.isEmpty() ? Ne107.FAILURE : Texts.get(FAMILY, key).signal();
  }

  private static List<String> register(int value) {
    List<String> names = new ArrayList<>();
    for (int bit = 0; bit < REGISTER.length; bit++) {
      if ((value >>> bit & 1) != 0) {
        names.add(REGISTER[bit]);
      }
    }
    return names;
  }
}
