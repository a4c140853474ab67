package io.foretell.diagnostics.codes;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeBookTest {
  private static final CodeBook BOOK = new CodeBook();

  /** Each row is one that the reviews of docs/code-review.md have found wanting. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P2D46-2B | CRITICAL | NO | Stop, leave the vehicle",
        "P0E48 | MAJOR | LIMITED | Only trained staff",
        "P3045-13 | MINOR | YES | Measure continuity",
        "P0A3E-13 | MAJOR | LIMITED | Only trained staff",
        "P25C9 | MINOR | YES | Read the fault codes of the module that is named",
        "P2167-24 | MAJOR | LIMITED | Unplug the sensor",
        "C1766-24 | MAJOR | LIMITED | Unplug the sensor",
        "P26AC-79 | MINOR | YES | Look at the linkage",
        "P0351 | MAJOR | LIMITED | Measure continuity",
        "P0201 | MAJOR | LIMITED | Inspect connector",
        "P1610 | MAJOR | LIMITED | Check battery, supply and grounds",
        "P1606 | MINOR | LIMITED | Check whether both modules answer",
        "B1606 | MINOR | YES | Unplug the part and measure to ground",
        "SPN 2063 FMI 8 | MINOR | LIMITED | See whether the unit of that address"
      })
  void advice_can_be_acted_on(String code, Severity severity, Drive drive, String check) {
    Explanation explanation = BOOK.explain(Notation.of(code), Language.ENGLISH);

    assertThat(explanation.firstCheck()).startsWith(check);
    assertThat(explanation.severity()).isEqualTo(severity);
    assertThat(explanation.drive()).isEqualTo(drive);
    assertThat(explanation.causes()).isNotEmpty();
    assertThat(BOOK.explain(Notation.of(code), Language.CHINESE).firstCheck()).isNotBlank();
  }

  @Test
  void code_that_only_makers_know_has_the_text_of_most_of_them() {
    Explanation explanation = BOOK.explain(Notation.of("P1563"), Language.ENGLISH);

    assertThat(explanation.known()).isTrue();
    assertThat(explanation.text())
        .isEqualTo(
            "Cruise Vehicle Speed Set Speed Difference Too High (cadillac, chevy, chrysler, …)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P0301 | Cylinder 1 Misfire Detected",
        "P0301-11 | Cylinder 1 Misfire Detected: circuit short to ground",
        "SPN 102 FMI 3 | Engine intake manifold 1 pressure: voltage above normal or shorted high",
        "SPN 520900 FMI 31 | SPN 520900 (maker's own): condition exists",
        "P0FFF | Hybrid or electric propulsion, code P0FFF",
        "E-17 | Maker's code E-17"
      })
  void title_says_what_the_code_is(String written, String title) {
    assertThat(BOOK.title(Notation.of(written))).isEqualTo(title);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P0301 | 第 1 缸检测到失火",
        "P0171 | 系统混合气过稀（第 1 列气缸）",
        "P0135 | 氧传感器加热器电路故障（第 1 列气缸，传感器 1）",
        "P07E3 | 从 8 挡换挡错误",
        "U0100 | 与 ECM/PCM A 失去通信",
        "U0423 | 从组合仪表控制模块收到无效数据",
        "P1000 | 动力总成（厂家自定义）P1000（Manufacturer Controlled DTC）",
        "U3E1B-14 | 网络：控制模块与供电 U3E1B：电路对地短路或断路",
        "SPN 102 FMI 3 | 发动机进气歧管 1 压力：电压过高或对电源短路",
        "SPN 520900 FMI 31 | 车辆或机器 SPN 520900（厂家自定义）：该状况存在",
        "HART D7 | 设备故障",
        "IO-Link 0x5110 | 主电源电压过高",
        "EMCY 0x8131 | 节点保护或心跳错误",
        "E-17 | 厂家故障码 E-17"
      })
  void chinese_text_is_built_from_system_and_failure_type(String written, String text) {
    assertThat(BOOK.explain(Notation.of(written), Language.CHINESE).text()).isEqualTo(text);
  }

  @Test
  void tables_are_complete() {
    assertThat(BOOK.size()).isEqualTo(SIZE);
  }

  private static final int SIZE = 16_768;

  @Test
  void every_generic_code_has_a_chinese_text_without_english_words() {
    List<String> missing = new ArrayList<>();
    int generic = 0;
    for (int number = 0; number < 0x10000; number++) {
      String code = J2012.letters(number);
      boolean standard = code.matches("[PU]0.*|P2.*|P3[4-9A-F].*|[BC]0.*|U3.*");
      Explanation english = BOOK.explain(Notation.of(code), Language.ENGLISH);
      if (standard && english.known()) {
        generic++;
        String chinese = BOOK.explain(Notation.of(code), Language.CHINESE).text();
        if (!LATIN.matcher(chinese).replaceAll("").matches("[^A-Za-z]*\\p{IsHan}[^A-Za-z]*")) {
          missing.add(code + " " + english.text() + " " + chinese);
        }
      }
    }

    assertThat(missing).isEmpty();
    assertThat(generic).isEqualTo(9_249);
  }

  /** Names that stay Latin in Chinese: letters that tell parts apart, and abbreviations. */
  private static final Pattern LATIN =
      Pattern.compile(
          "(?<![A-Za-z])(?:[A-Z]\\d?|ABS|AC|AWD|WD|4WD|2WD|CAN|DC|DPF|ECM|ECU|EEPROM|EGR|HC|HO2S|HO|KAM|LIN"
              + "|MIL|NH|NH3|NOx|NVRAM|O2|PCM|PTC|PWM|RAM|ROM|SCR|TCM|V2X|VIN|\\d+[A-Z]+)(?![A-Za-z])");

  @Test
  void unknown_code_gets_a_structured_text_in_both_languages() {
    for (String written :
        List.of("P0FFF", "B3FFF-FF", "SPN 524287 FMI 30", "HART R99", "OPCUA 0xBFFF0000", "?")) {
      for (Language language : Language.values()) {
        Explanation explanation = BOOK.explain(Notation.of(written), language);
        assertThat(explanation.known()).isFalse();
        assertThat(explanation.text()).isNotBlank();
        assertThat(explanation.firstCheck()).isNotBlank();
      }
    }
  }

  @Test
  void user_table_comes_first_and_a_bad_line_costs_itself(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("ours.tsv"),
        """
        # our own
        code	text	zh	make	causes	check	urgency	drive
        E-17	Door does not close	门未关		Seal|Hinge	Clean the seal	critical	no
        P0301	Ours	我们的
        P1000	Acme's own		acme
        X1		no text
        X2	text				.	soon
        """);
    Files.writeString(folder.resolve("wrong.tsv"), "a\tb\n");
    UserCodes user = UserCodes.read(folder, List.of());
    CodeBook book = new CodeBook(user);

    Explanation door = book.explain(Notation.of("E-17"), Language.ENGLISH);
    assertThat(door.known()).isTrue();
    assertThat(door.causes()).containsExactly("Seal", "Hinge");
    assertThat(door.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(door.drive()).isEqualTo(Drive.NO);
    assertThat(book.explain(Notation.of("E-17"), Language.CHINESE).text()).isEqualTo("门未关");
    assertThat(book.title(Notation.of("P0301-11"))).isEqualTo("Ours: Circuit short to ground");
    assertThat(book.explain(Notation.of("P1000"), Language.ENGLISH).makerTexts())
        .containsEntry("acme", "Acme's own")
        .containsKey("ford");
    assertThat(user.notices())
        .containsExactly(
            "ours.tsv line 6: no text",
            "ours.tsv line 7: no urgency: soon",
            "wrong.tsv line 1: no columns code and text");
  }

  @Test
  void maker_code_names_what_makers_mean_by_it() {
    Explanation explanation = BOOK.explain(Notation.of("P1000"), Language.ENGLISH);

    assertThat(explanation.makerTexts())
        .containsEntry("ford", "OBD System Readiness Test Not Complete");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SPN 102 FMI 3 | 0x09 | RED_STOP | CRITICAL",
        "SPN 102 FMI 3 | 0x89 | MALFUNCTION | MAJOR",
        "SPN 639 FMI 9 | 0x09 | NONE | MINOR",
        "SPN 639 FMI 9 | 0x89 | AMBER | MAJOR",
        "SPN 100 FMI 1 | 0x09 | NONE | CRITICAL",
        "SPN 100 FMI 1 | 0x08 | NONE | MINOR",
        "SPN 999 FMI 16 | 0x09 | NONE | MAJOR",
        "P0217 | 0x09 | NONE | CRITICAL",
        "P0301 | 0x2F | NONE | MAJOR",
        "P0420 | 0x09 | NONE | MINOR",
        "P0420 | 0x89 | NONE | MAJOR",
        "P0301 | 0x00 | NONE | INFO",
        "P0301 | 0x10 | NONE | INFO",
        "U0100 | 0x09 | NONE | MAJOR",
        "C0035 | 0x09 | NONE | MAJOR",
        "B1318 | 0x09 | NONE | MINOR",
        "E-17 | 0x09 | NONE | MINOR"
      })
  void severity_follows_the_rules(
      String written, String status, Fault.Lamp lamp, Severity severity) {
    Notation code = Notation.of(written);
    Fault fault =
        new Fault(
            code.family(),
            "",
            code.code(),
            code.subType(),
            Integer.decode(status),
            lamp,
            0,
            Map.of(),
            "x");

    assertThat(BOOK.severity(fault)).isEqualTo(severity);
  }

  @Test
  void advice_names_causes_and_a_first_check_in_both_languages() {
    Explanation english = BOOK.explain(Notation.of("P0562-16"), Language.ENGLISH);
    Explanation chinese = BOOK.explain(Notation.of("P0562-16"), Language.CHINESE);

    assertThat(english.causes()).isNotEmpty();
    assertThat(english.firstCheck()).isEqualTo("Measure the voltage at rest and while running");
    assertThat(english.drive()).isEqualTo(Drive.LIMITED);
    assertThat(chinese.firstCheck()).isEqualTo("测量静态和运行时的电压");
  }

  @Property(tries = 300)
  void every_code_has_a_text_and_a_system(@ForAll @IntRange(max = 0xFFFFFF) int dtc) {
    for (Language language : Language.values()) {
      Explanation explanation = BOOK.explain(Notation.uds(dtc), language);

      assertThat(explanation.text()).isNotBlank();
      assertThat(explanation.system()).isNotBlank();
      assertThat(explanation.firstCheck()).isNotBlank();
    }
  }
}
