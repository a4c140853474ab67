package io.foretell.gateway.mqtt;

import static io.foretell.gateway.mqtt.ProtocolViolationException.malformed;

import io.netty.buffer.ByteBuf;

/** The rules for UTF-8 encoded strings: RFC 3629 and section 1.5.4 of MQTT 5 (1.5.3 of 3.1.1). */
final class Utf8 {
  /** How much of section 1.5.4 a string must keep. */
  enum Strictness {
    /** What a receiver must refuse: ill-formed bytes, surrogates, U+0000. */
    TEXT,
    /**
     * For names (client id, user name, topic): also control characters and non-characters, which
     * SHOULD NOT be sent and which a receiver may treat as malformed.
     */
    NAME
  }

  private Utf8() {}

  /** Refuses {@code length} bytes from {@code from} that are no string of that strictness. */
  static void check(ByteBuf in, int from, int length, Strictness strictness) {
    int end = from + length;
    int at = from;
    while (at < end) {
      int lead = in.getUnsignedByte(at);
      if (lead < 0x80) {
        if (lead == 0) {
          throw malformed("string with U+0000 [MQTT-1.5.4-2]");
        }
        if (strictness == Strictness.NAME && (lead < 0x20 || lead == 0x7F)) {
          throw malformed("name with a control character (1.5.4)");
        }
        at++;
      } else {
        at = multibyte(in, at, end, strictness);
      }
    }
  }

  private static int multibyte(ByteBuf in, int at, int end, Strictness strictness) {
    int lead = in.getUnsignedByte(at);
    int size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + size > end) {
      throw malformed("string is not well-formed UTF-8 [MQTT-1.5.4-1]");
    }
    int point = lead & (0xFF >> (size + 1));
    for (int i = 1; i < size; i++) {
      int next = in.getUnsignedByte(at + i);
      if ((next & 0xC0) != 0x80) {
        throw malformed("string is not well-formed UTF-8 [MQTT-1.5.4-1]");
      }
      point = point << 6 | next & 0x3F;
    }
    checkPoint(point, size, strictness);
    return at + size;
  }

  private static void checkPoint(int point, int size, Strictness strictness) {
    boolean overlong = size == 3 && point < 0x800 || size == 4 && point < 0x10000;
    boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
    if (overlong || surrogate || point > Character.MAX_CODE_POINT) {
      throw malformed("string is not well-formed UTF-8 [MQTT-1.5.4-1]");
    }
    boolean control = point < 0xA0;
    boolean nonCharacter = point >= 0xFDD0 && point <= 0xFDEF || (point & 0xFFFE) == 0xFFFE;
    if (strictness == Strictness.NAME && (control || nonCharacter)) {
      throw malformed("name with a control character or non-character (1.5.4)");
    }
  }
}
