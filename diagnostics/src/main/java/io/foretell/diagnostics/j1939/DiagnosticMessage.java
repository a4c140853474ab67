package io.foretell.diagnostics.j1939;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;

/**
 * The content that DM1 (active codes), DM2 (previously active) and their relatives share: two bytes
 * of lamps, then four bytes a code. SAE J1939-73 clause 5.7.
 *
 * @param lamp which lamps are on
 * @param flash how they flash
 * @param dtcs the codes, in the order of the message; empty: no fault
 */
public record DiagnosticMessage(LampStates lamp, LampStates flash, List<J1939Dtc> dtcs) {
  /** PGN of DM1, active trouble codes. */
  public static final int DM1 = 65226;

  /** PGN of DM2, previously active trouble codes. */
  public static final int DM2 = 65227;

  private static final int HEADER = 2;
  private static final int WORD = 4;
  private static final int SINGLE_FRAME = 8;

  /** Copies the codes. */
  public DiagnosticMessage {
    dtcs = List.copyOf(dtcs);
  }

  /**
   * Reads a message. A word of zeros says that there is no code, one whose SPN and FMI are all ones
   * is not available, or padding; what follows the last whole word is padding too.
   *
   * @throws InvalidInputException where it is shorter than the lamps and one word
   */
  public static DiagnosticMessage read(
      byte[] data, int offset, int length, SpnConversion conversion) {
    if (length < HEADER + WORD) {
      throw new InvalidInputException(
          ReasonCode.TRUNCATED_FRAME, "a diagnostic message has 6 bytes at least, not " + length);
    }
    List<J1939Dtc> dtcs = new ArrayList<>((length - HEADER) / WORD);
    for (int at = offset + HEADER; at + WORD <= offset + length; at += WORD) {
      int b0 = data[at] & 0xFF;
      int b1 = data[at + 1] & 0xFF;
      int b2 = data[at + 2] & 0xFF;
      int b3 = data[at + 3] & 0xFF;
      if ((b0 | b1 | b2 | b3) != 0 && (b0 & b1 & b2) != 0xFF) {
        dtcs.add(new J1939Dtc(conversion.spn(b0, b1, b2), b2 & 31, b3 & 127, b3 >>> 7));
      }
    }
    return new DiagnosticMessage(
        LampStates.of(data[offset] & 0xFF), LampStates.of(data[offset + 1] & 0xFF), dtcs);
  }

  /** The bytes of the message; padded to a frame where there is at most one code. */
  public byte[] write(SpnConversion conversion) {
    int length = HEADER + WORD * dtcs.size();
    byte[] data = new byte[Math.max(length, SINGLE_FRAME)];
    data[0] = (byte) lamp.toByte();
    data[1] = (byte) flash.toByte();
    if (dtcs.size() < 2) {
      data[SINGLE_FRAME - 2] = (byte) 0xFF;
      data[SINGLE_FRAME - 1] = (byte) 0xFF;
    }
    for (int i = 0; i < dtcs.size(); i++) {
      conversion.put(dtcs.get(i), data, HEADER + WORD * i);
    }
    return data;
  }
}
