package io.foretell.diagnostics.codes;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeBookTest {
  private static final CodeBook BOOK = new CodeBook();

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
        "P0301 | 点火系统或失火 P0301（Cylinder 1 Misfire Detected）",
        "U3E1B-14 | 网络：控制模块与供电 U3E1B：电路对地短路或断路",
        "SPN 102 FMI 3 | 发动机 SPN 102（Engine intake manifold 1 pressure）：电压过高或对电源短路",
        "E-17 | 厂家故障码 E-17"
      })
  void chinese_text_is_built_from_system_and_failure_type(String written, String text) {
    assertThat(BOOK.explain(Notation.of(written), Language.CHINESE).text()).isEqualTo(text);
  }

  @Test
  void tables_are_complete() {
    assertThat(BOOK.size()).isGreaterThan(16_000);
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

  @Property
  void every_code_has_a_text_and_a_system(@ForAll @IntRange(max = 0xFFFFFF) int dtc) {
    for (Language language : Language.values()) {
      Explanation explanation = BOOK.explain(Notation.uds(dtc), language);

      assertThat(explanation.text()).isNotBlank();
      assertThat(explanation.system()).isNotBlank();
      assertThat(explanation.firstCheck()).isNotBlank();
    }
  }
}
