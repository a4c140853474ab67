package io.foretell.diagnostics.offline.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A text of an NMEA 2000 message, as canboat's list calls its kinds.
 *
 * <pre>
 *   STRING_FIX   as long as the list says; filled up with FF, 00, blanks or @
 *   STRING_LAU   length with these two bytes, 0 UTF-16 little endian or 1 UTF-8, text
 *   STRING_LZ    length, text
 * </pre>
 *
 * @param text null where there is none
 * @param next first bit after it
 */
record PgnText(@Nullable String text, int next) {
  private static final String FILLING = "\u0000\u00FF\uFFFF\uFFFD @";

  static PgnText read(String type, byte[] data, int bit, int bits) {
    int at = (bit + 7) / 8;
    if (at < 0 || at >= data.length) {
      return new PgnText(null, 8 * data.length);
    }
    int length = data[at] & 0xFF;
    return switch (type) {
      case "STRING_LAU" -> {
        boolean wide = at + 1 < data.length && data[at + 1] == 0;
        Charset charset = wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
        yield length < 2
            ? new PgnText(null, 8 * (at + Math.max(1, length)))
            : of(data, at + 2, length - 2, charset);
      }
      case "STRING_LZ" -> of(data, at + 1, length, StandardCharsets.UTF_8);
      default -> of(data, at, bits / 8, StandardCharsets.ISO_8859_1);
    };
  }

  /** What of it is there: a text may be cut off by the end of the message. */
  private static PgnText of(byte[] data, int from, int length, Charset charset) {
    int there = Math.max(0, Math.min(length, data.length - from));
    String text = new String(data, Math.min(from, data.length), there, charset);
    int end = text.length();
    while (end > 0 && FILLING.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return new PgnText(end == 0 ? null : text.substring(0, end), 8 * (from + there));
  }

  void put(ObjectNode to, String name) {
    if (text == null) {
      to.putNull(name);
    } else {
      to.put(name, text);
    }
  }
}
