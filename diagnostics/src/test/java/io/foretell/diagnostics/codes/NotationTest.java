package io.foretell.diagnostics.codes;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "P0301 | obd | P0301 | -1",
        "p0301 | obd | P0301 | -1",
        "' P 0301 ' | obd | P0301 | -1",
        "0x0301 | obd | P0301 | -1",
        "U3E1B-14 | uds | U3E1B | 20",
        "u3e1b:14 | uds | U3E1B | 20",
        "P030100 | uds | P0301 | 0",
        "FE1B14 | uds | U3E1B | 20",
        "0xfe1b14 | uds | U3E1B | 20",
        "SPN 102 FMI 3 | j1939 | SPN 102 | 3",
        "spn102/fmi3 | j1939 | SPN 102 | 3",
        "SPN:102, FMI:3 | j1939 | SPN 102 | 3",
        "102/3 | j1939 | SPN 102 | 3",
        "102-3 | j1939 | SPN 102 | 3",
        "SPN 102 | j1939 | SPN 102 | -1",
        "SPN102/3 | j1939 | SPN 102 | 3",
        "SPN 102 - 3 | j1939 | SPN 102 | 3",
        "0x0301? | obd | P0301 | -1",
        "DTC: P0301 | obd | P0301 | -1",
        "(U3E1B-14). | uds | U3E1B | 20",
        "Ｐ０３０１ | obd | P0301 | -1",
        "故障码 P0301 | obd | P0301 | -1",
        "EMCY 8130 | canopen | 0x8130 | -1",
        "emcy error 0x8130 | canopen | 0x8130 | -1",
        "io-link event 5110 | iolink | 0x5110 | -1",
        "OPC UA 808C0000 | opcua | 0x808C0000 | -1",
        "CIP status 05 | cip | 0x05 | -1",
        "Modbus exception 2 | modbus | 2 | -1",
        "NE107: F | ne107 | F | -1",
        "P0301–11 | uds | P0301 | 17",
        "P0301‑11 | uds | P0301 | 17",
        "U3E1B (14) | uds | U3E1B | 20",
        "U3E1B_14 | uds | U3E1B | 20",
        "P0301-0x11 | uds | P0301 | 17",
        "P0301 FTB 11 | uds | P0301 | 17",
        "$0301 | obd | P0301 | -1",
        "0301h | obd | P0301 | -1",
        "030111h | uds | P0301 | 17",
        "SPN-102 FMI-3 | j1939 | SPN 102 | 3",
        "SPN 102 FMI 3 OC 5 | j1939 | SPN 102 | 3",
        "'SPN: 102, FMI: 3, OC: 1' | j1939 | SPN 102 | 3",
        "FMI 3 SPN 102 | j1939 | SPN 102 | 3",
        "SPN 102 − 3 | j1939 | SPN 102 | 3",
        "emcy 8130h | canopen | 0x8130 | -1",
        "IO Link 0x5110 | iolink | 0x5110 | -1",
        "CIP 5 | cip | 0x05 | -1",
        "CIP 0x01:0x0203 | cip | 0x01:0x0203 | -1",
        "Modbus exception code 02 | modbus | 2 | -1",
        "modbus 0x0B | modbus | 11 | -1",
        "modbus A2 | modbus | A2 | -1",
        "NAMUR NE107 F | ne107 | F | -1",
        "E17? | maker | E17? | -1",
        "SPN 600000 FMI 3 | maker | SPN 600000 FMI 3 | -1",
        "102/33 | maker | 102/33 | -1",
        "P4301 | maker | P4301 | -1",
        "E-17   pump | maker | E-17 pump | -1",
        "'' | maker | '' | -1"
      })
  void code_in_any_form_is_read(String written, String family, String code, int subType) {
    assertThat(Notation.of(written)).isEqualTo(new Notation(family, code, subType));
  }

  @Property
  void two_byte_code_written_and_read_is_the_same(@ForAll @IntRange(max = 0xFFFF) int code) {
    String letters = J2012.letters(code);

    assertThat(J2012.number(letters)).isEqualTo(code);
    assertThat(Notation.of(letters)).isEqualTo(new Notation(Notation.OBD, letters, -1));
  }

  @Property
  void three_byte_code_written_and_read_is_the_same(@ForAll @IntRange(max = 0xFFFFFF) int code) {
    assertThat(Notation.of(J2012.lettersWithType(code))).isEqualTo(Notation.uds(code));
    assertThat(Notation.uds(code).written()).isEqualTo(J2012.lettersWithType(code));
  }

  @Property
  void spn_and_fmi_written_and_read_are_the_same(
      @ForAll @IntRange(max = 0x7FFFF) int spn, @ForAll @IntRange(min = -1, max = 31) int fmi) {
    Notation code = Notation.j1939(spn, fmi);

    assertThat(Notation.of(code.written())).isEqualTo(code);
    assertThat(code.spn()).isEqualTo(spn);
  }

  @Property
  void any_text_is_a_code_of_some_family(@ForAll String written) {
    Notation code = Notation.of(written);

    assertThat(code.code()).hasSizeLessThanOrEqualTo(64).doesNotContain("\n", "\t");
  }

  @Test
  void text_is_cut_before_the_word_or_the_character_that_would_not_fit() {
    assertThat(Notation.of("!".repeat(63) + " !").code()).isEqualTo("!".repeat(63));
    assertThat(Notation.of("!".repeat(63) + "\uD83D\uDE97").code()).isEqualTo("!".repeat(63));
  }
}
