package io.foretell.diagnostics.dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file that fits almost is refused as fast as one that fits: what takes a pattern with
 * backtracking minutes (64 KiB squared, or cubed) is over in moments.
 */
class DbcCostTest {
  private static final int SIZE = 1 << 16;
  private static final String HEAD =
      "VERSION \"\"\nBO_ 1 m: 8 X\n SG_ a M : 0|8@1+ (1,0) [0|0] \"\" X\n";

  static Stream<Arguments> almost() {
    String blanks = " ".repeat(SIZE);
    String digits = "1".repeat(SIZE);
    return Stream.of(
        Arguments.of("blanks of an attribute", "BA_ \"x\" " + blanks + "\nBO_ 2 n: 8 X\n"),
        Arguments.of("attribute without end", "BA_ \"x\" SG_ 1 " + blanks + "\"" + blanks + "\n;;"),
        Arguments.of("blanks of a selection", "SG_MUL_VAL_ 1 a b " + blanks + "; x;\n"),
        Arguments.of("digits of a selection", "SG_MUL_VAL_ 1 a b " + digits + ";\n"),
        Arguments.of("blanks of a value type", "SIG_VALTYPE_ 1 a" + blanks + "x;\n"),
        Arguments.of("blanks of a signal", " SG_ a" + blanks + "x\n"),
        Arguments.of("marks of a signal", " SG_ " + "m1".repeat(SIZE / 2) + "\n"),
        Arguments.of("blanks of a message", "BO_ 1 a" + blanks + "x\n"),
        Arguments.of("digits of a value", "VAL_ 1 a " + digits + ";\n"),
        Arguments.of("decimals of a value", "VAL_ 1 a " + "1.0".repeat(SIZE / 3) + ";\n"),
        Arguments.of("blanks of a table's name", "VAL_ 1 a t" + blanks + "x;\n"),
        Arguments.of("texts that never end", "CM_ \"x\n".repeat(SIZE / 7)),
        Arguments.of("values that never end", "VAL_ 1 a 0 \"x\n\n".repeat(SIZE / 14)),
        Arguments.of("blanks of an identifier", "BO_ " + digits + blanks + "a : 8 X\n"),
        Arguments.of("a scale", " SG_ b : 0|8@1+ (" + digits + blanks + "x,0) [0|0] \"\" X\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("almost")
  @Timeout(value = 60, threadMode = SEPARATE_THREAD)
  void file_of_64_kib_that_fits_almost_is_read_at_once(String what, String statement) {
    assertThat(DbcParser.parse(HEAD + statement).message(1)).as(what).isNotNull();
  }

  @Test
  @Timeout(value = 60, threadMode = SEPARATE_THREAD)
  void message_of_many_signals_is_built_and_decoded_in_proportion() {
    int many = 10_000;
    StringBuilder file = new StringBuilder("BO_ 1 m: 8 X\n");
    for (int i = 0; i < many; i++) {
      file.append(" SG_ s").append(i).append(" m0M : 0|8@1+ (1,0) [0|0] \"\" X\n");
    }
    for (int i = 0; i < many; i++) {
      file.append("SG_MUL_VAL_ 1 s").append(i).append(" s").append((i + 1) % many);
      file.append(" 0-255;\n");
    }
    DbcMessage message = DbcParser.parse(file.toString()).message(1);

    assertThat(message).isNotNull();
    message.decode(
        new byte[8], (signal, raw) -> assertThat(signal.name()).as("in a circle").isEmpty());
  }

  @Test
  void multiplexers_over_one_another_are_followed() {
    DbcMessage message =
        DbcParser.parse(
                "BO_ 1 m: 8 X\n"
                    + " SG_ a M : 0|8@1+ (1,0) [0|0] \"\" X\n"
                    + " SG_ b m1M : 8|8@1+ (1,0) [0|0] \"\" X\n"
                    + " SG_ c m2 : 16|8@1+ (1,0) [0|0] \"\" X\n"
                    + "SG_MUL_VAL_ 1 b a 1-1;\n"
                    + "SG_MUL_VAL_ 1 c b 2-3, 9-9;\n")
            .message(1);

    assertThat(names(message, 1, 9)).isEqualTo("abc");
    assertThat(names(message, 1, 4)).isEqualTo("ab");
    assertThat(names(message, 0, 2)).isEqualTo("a");
  }

  private static String names(DbcMessage message, int first, int second) {
    StringBuilder names = new StringBuilder();
    byte[] frame = {(byte) first, (byte) second, 0, 0, 0, 0, 0, 0};
    message.decode(frame, (signal, raw) -> names.append(signal.name()));
    return names.toString();
  }

  @Test
  void number_without_a_value_costs_its_signal_only() {
    DbcFile file =
        DbcParser.parse(
            HEAD
                + " SG_ b : 0|8@1+ (Infinity,0) [0|0] \"\" X\n"
                + " SG_ c : 0|8@1+ (1,1e400) [0|0] \"\" X\n"
                + " SG_ d : 0|8@1+ (0x1p3,0) [0|0] \"\" X\n"
                + " SG_ e : 0|8@1+ (-1.5E-3,+.5) [0|0] \"\" X\n");

    assertThat(file.defects()).extracting(DbcDefect::line).containsExactly(4, 5, 6);
    assertThat(file.messages().iterator().next().signals())
        .extracting(DbcSignal::name)
        .containsExactly("a", "e");
  }

  @Test
  void identifier_that_does_not_fit_11_bits_has_29() {
    DbcFile file = DbcParser.parse("BO_ 103596083 LEFT: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n");

    assertThat(file.message(103596083 | 1 << 31)).isNotNull();
    assertThat(file.message(103596083)).isNull();
  }

  @Test
  void attribute_is_read_however_its_value_is_written() {
    String text =
        "BO_ 2364540158 m: 8 X\n SG_ a : 0|8@1+ (1,0) [0|0] \"\" X\n"
            + "BA_ \"SPN\" SG_ 2364540158 a 190 ;\n"
            + "BA_ \"SystemMessageLongSymbol\" BO_ 2364540158 \"long; name\";\n"
            + "BA_ \"VFrameFormat\" BO_ 2364540158 3 ;\n";
    DbcFile file = DbcParser.parse(text);

    assertThat(file.j1939()).isTrue();
    assertThat(file.messages().iterator().next().name()).isEqualTo("long; name");
    assertThat(file.messages().iterator().next().signals().get(0).spn()).isEqualTo(190);
  }
}
