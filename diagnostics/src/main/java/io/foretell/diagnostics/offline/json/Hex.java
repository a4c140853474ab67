package io.foretell.diagnostics.offline.json;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.HexFormat;

/** Bytes as text. */
final class Hex {
  private static final HexFormat FORMAT = HexFormat.of();

  private Hex() {}

  static String of(byte[] data, int length) {
    return FORMAT.formatHex(data, 0, length);
  }

  static String of(byte[] data) {
    return FORMAT.formatHex(data);
  }

  /** The bytes of hex text; blanks between bytes are passed over. */
  static byte[] bytes(String text) {
    try {
      return FORMAT.parseHex(text.indexOf(' ') < 0 ? text : text.replace(" ", ""));
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no hex bytes: " + Json.cut(text));
    }
  }
}
