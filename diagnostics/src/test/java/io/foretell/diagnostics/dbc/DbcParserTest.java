package io.foretell.diagnostics.dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DbcParserTest {
  private static final int EXTENDED = 1 << 31;

  @Test
  void malformed_statement_costs_itself_and_is_named_with_its_line() {
    DbcFile file =
        DbcParser.parse(
            """
            VERSION ""
            BO_ 1 Good: 8 X
             SG_ A : 0|8@1+ (1,0) [0|255] "" X
             SG_ NoOrder : 8|8 (1,0) [0|255] "" X
             SG_ Wide : 8|65@1+ (1,0) [0|255] "" X
             SG_ Factor : 8|8@1+ (one,0) [0|255] "" X
             SG_ B : 8|8@1+ (1,0) [0|255] "" X
            BO_ x Bad: 8 X
             SG_ Lost : 0|8@1+ (1,0) [0|255] "" X
            BO_ 2 Next: 8 X
             SG_ C : 0|8@1+ (1,0) [0|255] "" X
            VAL_ 1 A 0 "off" 1 "on ;
            VAL_ 2 C 0 "zero" 1 "one"
            CM_ "endless
            """);

    assertThat(file.defects())
        .extracting(DbcDefect::toString)
        .containsExactly(
            "line 4: no signal: SG_ name : start|bits@order sign (factor,offset): "
                + "SG_ NoOrder : 8|8 (1,0) [0|255] \"\" X",
            "line 5: a signal has 1 to 64 bits, not 65: SG_ Wide : 8|65@1+ (1,0) [0|255] \"\" X",
            "line 6: no number: one: SG_ Factor : 8|8@1+ (one,0) [0|255] \"\" X",
            "line 8: no message: BO_ id name: length sender: BO_ x Bad: 8 X",
            "line 9: a signal of no message that could be read: "
                + "SG_ Lost : 0|8@1+ (1,0) [0|255] \"\" X",
            "line 12: quotes or semicolon never end: VAL_ 1 A 0 \"off\" 1 \"on ;",
            "line 14: quotes or semicolon never end: CM_ \"endless");
    assertThat(message(file, 1).signals()).extracting(DbcSignal::name).containsExactly("A", "B");
    assertThat(message(file, 2).signals().get(0).choices()).containsEntry(1L, "one");
  }

  @Test
  void value_names_come_from_tables_lists_and_large_numbers() {
    DbcFile file =
        DbcParser.parse(
            """
            VAL_TABLE_ States 0 "off" 1 "on" ;
            BO_ 1 A: 8 X
             SG_ T : 0|8@1+ (1,0) [0|255] "" X
             SG_ L : 0|64@1+ (1,0) [0|255] "" X
            VAL_ 1 T States ;
            VAL_ 1 L 18446744073709551615 "all \\"ones\\"" -1 "x" ;
            VAL_ Environment 0 "passed over" ;
            """);

    assertThat(message(file, 1).signals().get(0).choices()).isEqualTo(Map.of(0L, "off", 1L, "on"));
    assertThat(message(file, 1).signals().get(1).choices()).isEqualTo(Map.of(-1L, "x"));
    assertThat(file.defects()).isEmpty();
  }

  @Test
  void nested_multiplexers_decide_in_turn_and_a_circle_decides_nothing() {
    DbcFile file =
        DbcParser.parse(
            """
            BO_ 1 A: 8 X
             SG_ Top M : 0|4@1+ (1,0) [0|15] "" X
             SG_ Inner m1M : 4|4@1+ (1,0) [0|15] "" X
             SG_ Leaf m2 : 8|8@1+ (1,0) [0|255] "" X
             SG_ Range m0 : 16|8@1+ (1,0) [0|255] "" X
            BO_ 2 B: 8 X
             SG_ P m0M : 0|4@1+ (1,0) [0|15] "" X
             SG_ Q m0M : 4|4@1+ (1,0) [0|15] "" X
            SG_MUL_VAL_ 1 Inner Top 1-1;
            SG_MUL_VAL_ 1 Leaf Inner 2-2, 4-6;
            SG_MUL_VAL_ 1 Range Top 3-5, 9-9;
            SG_MUL_VAL_ 2 P Q 0-0;
            SG_MUL_VAL_ 2 Q P 0-0;
            """);

    assertThat(decode(file, 1, 0x21, 7, 9)).isEqualTo(Map.of("Top", 1L, "Inner", 2L, "Leaf", 7L));
    assertThat(decode(file, 1, 0x51, 7, 9)).isEqualTo(Map.of("Top", 1L, "Inner", 5L, "Leaf", 7L));
    assertThat(decode(file, 1, 0x31, 7, 9)).isEqualTo(Map.of("Top", 1L, "Inner", 3L));
    assertThat(decode(file, 1, 0x24, 7, 9)).isEqualTo(Map.of("Top", 4L, "Range", 9L));
    assertThat(decode(file, 1, 0x24, 7)).isEqualTo(Map.of("Top", 4L));
    assertThat(decode(file, 2, 0x00)).isEmpty();
  }

  @Test
  void floating_point_signals_have_16_32_or_64_bits() {
    DbcFile file =
        DbcParser.parse(
            """
            BO_ 1 A: 8 X
             SG_ H : 0|16@1- (2,1) [0|0] "" X
             SG_ F : 32|32@1- (1,0) [0|0] "" X
             SG_ Odd : 0|12@1- (1,0) [0|0] "" X
            BO_ 2 B: 8 X
             SG_ D : 7|64@0- (1,0) [0|0] "" X
            SIG_VALTYPE_ 1 H : 1;
            SIG_VALTYPE_ 1 F : 1;
            SIG_VALTYPE_ 1 Odd : 1;
            SIG_VALTYPE_ 2 D : 2;
            """);
    byte[] single = {0x00, (byte) 0xC0, 0, 0, 0, 0, (byte) 0x80, 0x3F};
    byte[] twice = {0x40, 0x09, 0x21, (byte) 0xFB, 0x54, 0x44, 0x2D, 0x18};

    assertThat(scaled(file, 1, single)).containsEntry("H", -3.0).containsEntry("F", 1.0);
    assertThat(scaled(file, 2, twice).get("D")).isCloseTo(Math.PI, within(1e-15));
    assertThat(file.defects()).extracting(DbcDefect::line).containsExactly(9);
  }

  @Test
  void group_of_a_j1939_file_is_found_from_any_source() {
    DbcFile file =
        DbcParser.parse(
            """
            BO_ 2364540158 EEC1: 8 X
             SG_ Speed : 24|16@1+ (0.125,0) [0|8031] "rpm" X
            BO_ 2565865214 TSC1: 8 X
             SG_ Mode : 0|2@1+ (1,0) [0|3] "" X
            BA_ "ProtocolType" "J1939";
            BA_ "SPN" SG_ 2364540158 Speed 190;
            """);

    assertThat(file.j1939()).isTrue();
    assertThat(name(file.messageOfGroup(EXTENDED | 0x18F00411))).isEqualTo("EEC1");
    assertThat(file.messageOfGroup(EXTENDED | 0x18F00511)).isNull();
    assertThat(file.messageOfGroup(0x123)).isNull();
    assertThat(message(file, (int) 2364540158L).signals().get(0).spn()).isEqualTo(190);
  }

  @Test
  void statements_may_be_indented_tabbed_and_several_on_a_line() {
    DbcFile file =
        DbcParser.parse(
            "VERSION \"\"\nNS_ :\n\tVAL_ \n\tSIG_VALTYPE_\t\n\n"
                + "\tBO_\t100 One: 8 A\n"
                + "\t\tSG_\tA : 0|32@1+ (1,0) [0|0] \"\" B\n"
                + "   SG_ B : 32|8@1+ (1,0) [0|0] \"a;b\" B\n"
                + " VAL_ 100 B 1 \"on; VAL_ 100 B 2 \" ; SIG_VALTYPE_ 100 A : 1; CM_ SG_ 100 A \"of\n"
                + "BO_ 101 Two: 8 A\n\" ;\tVAL_\t100 B 2 \"off\";\n");

    assertThat(file.defects()).isEmpty();
    assertThat(file.size()).isEqualTo(1);
    List<DbcSignal> signals = message(file, 100).signals();
    assertThat(signals.get(0).kind()).isEqualTo(DbcSignal.Kind.FLOAT);
    assertThat(signals.get(1).choices())
        .containsExactlyInAnyOrderEntriesOf(Map.of(1L, "on; VAL_ 100 B 2 ", 2L, "off"));
  }

  @Test
  void file_in_utf_16_with_its_mark_is_read() {
    String text = "\uFEFFBO_ 1 M: 8 A\r\n SG_ Größe : 0|8@1+ (1,0) [0|0] \"°C\" A\r\n";

    assertThat(message(DbcParser.parse(text.getBytes(StandardCharsets.UTF_16LE)), 1).signals())
        .extracting(DbcSignal::name, DbcSignal::unit)
        .containsExactly(tuple("Größe", "°C"));
  }

  @Test
  void text_is_utf_8_or_windows_1252_and_long_names_count() {
    String text =
        "BO_ 1 A: 8 X\n SG_ T : 0|8@1+ (1,-40) [0|0] \"°C\" X\n"
            + "BA_ \"SystemSignalLongSymbol\" SG_ 1 T \"Temperature_of_the_coolant_of_the_engine\";\n"
            + "BA_ \"SystemMessageLongSymbol\" BO_ 1 \"A_message\";\n";

    for (Charset charset : new Charset[] {StandardCharsets.UTF_8, Charset.forName("cp1252")}) {
      DbcMessage message = message(DbcParser.parse(text.getBytes(charset)), 1);
      assertThat(message.name()).isEqualTo("A_message");
      assertThat(message.signals().get(0).unit()).isEqualTo("°C");
      assertThat(message.signals().get(0).name())
          .isEqualTo("Temperature_of_the_coolant_of_the_engine");
    }
  }

  @Test
  void file_without_messages_opens_where_it_is_a_dbc_file() {
    assertThat(DbcParser.parse("VERSION \"1\"\nNS_ :\nBU_: X\n").size()).isZero();
  }

  private static DbcMessage message(DbcFile file, int id) {
    return Objects.requireNonNull(file.message(id));
  }

  private static String name(DbcMessage message) {
    return message.name();
  }

  private static Map<String, Long> decode(DbcFile file, int id, int... bytes) {
    byte[] data = new byte[bytes.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) bytes[i];
    }
    Map<String, Long> raw = new LinkedHashMap<>();
    message(file, id).decode(data, (signal, value) -> raw.put(signal.name(), value));
    return raw;
  }

  private static Map<String, Double> scaled(DbcFile file, int id, byte[] data) {
    Map<String, Double> values = new LinkedHashMap<>();
    message(file, id).decode(data, (s, raw) -> values.put(s.name(), s.scaled(raw)));
    return values;
  }
}
