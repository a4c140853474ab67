package io.foretell.diagnostics.j1939;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpnConversionsTest {
  private static final int NAMED = 110;

  private final SpnConversions conversions = new SpnConversions(Map.of(), spn -> spn == NAMED);

  /**
   * SPN 110 FMI 3; the lamps of DM31 and the values of DM25 have bit 7 set where DM1 has a code.
   */
  @ParameterizedTest
  @CsvSource({
    "DM1,  40FF6E000301FFFF, VERSION_4",
    "DM1,  40FF000DC381FFFF, VERSION_1",
    "DM31, 6E00030181AA, VERSION_4",
    "DM31, 000DC38140FF, VERSION_1",
    "DM25, 066E000301AA81, VERSION_4",
    "DM25, 06000DC38100000000, VERSION_1",
    "DM25, FF, VERSION_4"
  })
  void version_is_told_by_the_codes_wherever_the_message_has_them(
      DmKind kind, String payload, SpnConversion version) {
    byte[] data = HexFormat.of().parseHex(payload);

    assertThat(conversions.of(kind, 0, data, data.length)).isEqualTo(version);
  }
}
