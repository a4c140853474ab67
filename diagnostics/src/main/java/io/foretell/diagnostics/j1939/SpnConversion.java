package io.foretell.diagnostics.j1939;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/**
 * How a trouble code's 19-bit SPN is packed into the first three of its four bytes, SAE J1939-73
 * clause 5.7.1. Versions 1–3 set the conversion method bit (bit 8 of the fourth byte); which of
 * them it is, the frame does not say.
 *
 * <pre>
 *          byte 1        byte 2        byte 3
 *   v1     SPN 18–11     SPN 10–3      SPN 2–0 | FMI
 *   v2     SPN 10–3      SPN 18–11     SPN 2–0 | FMI
 *   v3,4   SPN 7–0       SPN 15–8      SPN 18–16 | FMI
 * </pre>
 */
public enum SpnConversion {
  VERSION_1,
  VERSION_2,
  VERSION_3,
  VERSION_4;

  /**
   * The version of a number.
   *
   * @throws InvalidInputException where it is none of 1–4
   */
  public static SpnConversion of(int version) {
    if (version < 1 || version > 4) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "SPN conversion version must be 1 to 4, not " + version);
    }
    return values()[version - 1];
  }

  /** Its number, 1–4. */
  public int version() {
    return ordinal() + 1;
  }

  /** Unpacks an SPN; the arguments are bytes, 0–255. */
  public int spn(int b0, int b1, int b2) {
    int three = b2 >>> 5;
    return switch (this) {
      case VERSION_1 -> (b0 << 8 | b1) << 3 | three;
      case VERSION_2 -> (b1 << 8 | b0) << 3 | three;
      case VERSION_3, VERSION_4 -> b0 | b1 << 8 | three << 16;
    };
  }

  /** Packs a code into the four bytes at {@code at}. */
  void put(J1939Dtc dtc, byte[] to, int at) {
    int spn = dtc.spn();
    int high = this == VERSION_1 ? spn >>> 11 : this == VERSION_2 ? spn >>> 3 : spn;
    int next = this == VERSION_1 ? spn >>> 3 : this == VERSION_2 ? spn >>> 11 : spn >>> 8;
    int three = this == VERSION_1 || this == VERSION_2 ? spn & 7 : spn >>> 16;
    to[at] = (byte) high;
    to[at + 1] = (byte) next;
    to[at + 2] = (byte) (three << 5 | dtc.fmi());
    to[at + 3] = (byte) (dtc.conversionMethod() << 7 | dtc.occurrences());
  }
}
