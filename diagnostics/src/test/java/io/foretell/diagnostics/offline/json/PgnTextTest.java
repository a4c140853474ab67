package io.foretell.diagnostics.offline.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.diagnostics.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

final class PgnTextTest {
  @Property(tries = 200)
  void text_that_was_written_is_read(
      @ForAll @AlphaChars @StringLength(min = 1, max = 40) String text,
      @ForAll boolean wide,
      @ForAll @IntRange(max = 5) int before) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    byte[] lz = new byte[before + 1 + plain.length + 1];
    lz[before] = (byte) plain.length;
    System.arraycopy(plain, 0, lz, before + 1, plain.length);
    PgnText read = PgnText.read("STRING_LZ", lz, 8 * before, 0);
    assertThat(read).isEqualTo(new PgnText(text, 8 * (before + 1 + plain.length)));

    byte[] words = wide ? text.getBytes(StandardCharsets.UTF_16LE) : plain;
    byte[] lau = new byte[before + 2 + words.length + 3];
    lau[before] = (byte) (words.length + 2);
    lau[before + 1] = (byte) (wide ? 0 : 1);
    System.arraycopy(words, 0, lau, before + 2, words.length);
    assertThat(PgnText.read("STRING_LAU", lau, 8 * before, 0))
        .isEqualTo(new PgnText(text, 8 * (before + 2 + words.length)));

    byte[] fixed = new byte[before + plain.length + 4];
    System.arraycopy(plain, 0, fixed, before, plain.length);
    java.util.Arrays.fill(fixed, before + plain.length, fixed.length, (byte) 0xFF);
    int bits = 8 * (plain.length + 4);
    assertThat(PgnText.read("STRING_FIX", fixed, 8 * before, bits))
        .isEqualTo(new PgnText(text, 8 * before + bits));
  }

  @Property(tries = 300)
  void arbitrary_bytes_are_a_text_within_the_message(
      @ForAll byte[] data, @ForAll @IntRange(max = 400) int bit) {
    for (String type : new String[] {"STRING_LAU", "STRING_LZ", "STRING_FIX"}) {
      int next = PgnText.read(type, data, bit, 64).next();
      assertThat(next).isBetween(0, 8 * (data.length + 256));
    }
  }

  @Test
  void field_behind_a_text_begins_where_the_text_ends() {
    PgnList list =
        new PgnList(
            Json.read(
                """
                {"PGNs": [{"PGN": 129041, "Description": "AtoN", "Type": "Fast", "Fields": [
                  {"Id": "id", "BitOffset": 0, "BitLength": 8, "FieldType": "NUMBER"},
                  {"Id": "name", "BitOffset": 8, "FieldType": "STRING_LAU"},
                  {"Id": "seats", "BitLength": 8, "FieldType": "NUMBER"},
                  {"Id": "call", "BitLength": 24, "FieldType": "STRING_FIX"}]}]}
                """));
    ObjectNode node = Json.object();
    list.put(
        node,
        129041,
        HexFormat.of().parseHex("07" + "0401" + "4F4B" + "05" + "414240"),
        Trace.NONE);

    assertThat(node.path("fields").toString())
        .isEqualTo("{\"id\":7,\"name\":\"OK\",\"seats\":5,\"call\":\"AB\"}");
  }
}
