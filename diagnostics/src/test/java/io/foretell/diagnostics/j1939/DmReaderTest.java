package io.foretell.diagnostics.j1939;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.trace.Steps;
import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DmReaderTest {
  @Property(tries = 400)
  void codes_written_in_any_version_come_back(
      @ForAll @Size(max = 20) List<@IntRange(max = (1 << 30) - 1) Integer> words,
      @ForAll SpnConversion version,
      @ForAll @IntRange(max = 255) int lamps) {
    List<J1939Dtc> dtcs = new ArrayList<>();
    for (int word : words) {
      J1939Dtc dtc =
          new J1939Dtc(
              word & 0x7FFFF,
              word >>> 19 & 31,
              word >>> 24 & 63,
              version == SpnConversion.VERSION_4 ? 0 : 1);
      if (dtc.spn() != 0 && dtc.spn() != 0x7FFFF) {
        dtcs.add(dtc);
      }
    }
    DiagnosticMessage message =
        new DiagnosticMessage(LampStates.of(lamps), LampStates.of(255), dtcs);
    byte[] bytes = message.write(version);

    assertThat(DmReader.read(DmKind.DM12, bytes, bytes.length, version, Trace.NONE))
        .isEqualTo(new Dm.Codes(DmKind.DM12, message));
  }

  @Test
  void readiness_names_the_systems_of_both_sorts() {
    Dm.Readiness dm = (Dm.Readiness) read(DmKind.DM5, "02 05 14 37 07 00 07 00");

    assertThat(dm.active()).isEqualTo(2);
    assertThat(dm.previouslyActive()).isEqualTo(5);
    assertThat(dm.systems()).hasSize(16);
    assertThat(dm.systems().get(0)).isEqualTo(new Dm.MonitoredSystem("misfire", true, false));
    assertThat(dm.systems().get(3)).isEqualTo(new Dm.MonitoredSystem("catalyst", true, false));
    assertThat(dm.systems().get(15).supported()).isFalse();
  }

  @Test
  void messages_of_numbers_are_read_in_the_order_of_the_standard() {
    assertThat(read(DmKind.DM7, "F7 66 00 1F FF FF FF FF"))
        .isEqualTo(new Dm.TestCommand(DmKind.DM7, 247, 102, 31));
    assertThat(read(DmKind.DM21, "0A 00 64 00 05 00 FF FF"))
        .isEqualTo(new Dm.Distances(DmKind.DM21, 10, 100, 5, -1));
    assertThat(read(DmKind.DM22, "12 FF FF FF FF 66 00 03"))
        .isEqualTo(new Dm.IndividualClear(DmKind.DM22, 18, -1, 102, 3));
    assertThat(read(DmKind.DM29, "01 02 03 04 05 FF FF FF"))
        .isEqualTo(new Dm.Counts(DmKind.DM29, 1, 2, 3, 4, 5));
    assertThat(read(DmKind.DM34, "1B E7 FF FF FF FF FF FF"))
        .isEqualTo(new Dm.NteStatus(DmKind.DM34, 0, 1, 2, 3, 2, 1));
    assertThat(((Dm.TripReadiness) read(DmKind.DM26, "2C 01 07 00 00 00 00 00")).secondsRunning())
        .isEqualTo(300);
    assertThat(read(DmKind.DM11, "")).isEqualTo(new Dm.Clear(DmKind.DM11));
  }

  @Test
  void lists_are_read_item_by_item() {
    assertThat(read(DmKind.DM20, "0A 00 05 00 EE 0B F8 03 00 04 00"))
        .isEqualTo(new Dm.Performance(DmKind.DM20, 10, 5, List.of(new Dm.Ratio(3054, 3, 4))));
    assertThat(read(DmKind.DM24, "5B 00 1C 01 00 00 00 00 FF FF FF FF"))
        .isEqualTo(
            new Dm.SpnSupport(DmKind.DM24, List.of(new Dm.SupportedSpn(91, true, true, false, 1))));
    assertThat(read(DmKind.DM30, "F7 66 00 12 45 01 00 FB FF FF FF FF"))
        .isEqualTo(
            new Dm.TestResults(
                DmKind.DM30,
                List.of(new Dm.TestResult(247, 102, 18, 325, 0xFB00, -1, -1, "not complete"))));
    assertThat(read(DmKind.DM33, "01 0A 00 00 00 FF FF FF FF"))
        .isEqualTo(new Dm.AecdTimes(DmKind.DM33, List.of(new Dm.AecdTime(1, 10, -1))));
    assertThat(read(DmKind.DM31, "66 00 03 01 40 FF"))
        .isEqualTo(
            new Dm.LampAssociations(
                DmKind.DM31,
                List.of(
                    new Dm.LampAssociation(
                        new J1939Dtc(102, 3, 1, 0), LampStates.of(0x40), LampStates.of(0xFF)))));
  }

  @Test
  void texts_are_read_without_what_fills_them_up() {
    String calibration = "78563412" + ascii("CAL-7") + "00".repeat(11);
    assertThat(read(DmKind.DM19, calibration))
        .isEqualTo(
            new Dm.Calibrations(DmKind.DM19, List.of(new Dm.Calibration("12345678", "CAL-7"))));
    assertThat(read(DmKind.DM56, ascii("2027E-MYABC123*")))
        .isEqualTo(new Dm.EngineFamily(DmKind.DM56, "2027E-MY", "ABC123"));
  }

  @Test
  void freeze_frames_are_as_long_as_they_say() {
    Dm.FreezeFrames dm =
        (Dm.FreezeFrames) read(DmKind.DM25, "06 66 00 03 01 AA BB 04 6E 00 00 02 FF FF");

    assertThat(dm.frames()).hasSize(2);
    assertThat(dm.frames().get(0).dtc()).isEqualTo(new J1939Dtc(102, 3, 1, 0));
    assertThat(dm.frames().get(0).data()).containsExactly(0xAA, 0xBB);
    assertThat(dm.frames().get(1).data()).isEmpty();
    assertThat(((Dm.FreezeFrames) read(DmKind.DM25, "00 00 00 00 00 FF FF FF")).frames()).isEmpty();
    assertThatThrownBy(() -> read(DmKind.DM25, "20 66 00 03 01 AA"))
        .isInstanceOf(InvalidInputException.class)
        .extracting("reason")
        .isEqualTo(ReasonCode.TRUNCATED_FRAME);
  }

  @ParameterizedTest
  @EnumSource(DmKind.class)
  void every_message_explains_itself_and_refuses_what_is_cut_off(DmKind kind) {
    Steps steps = new Steps();
    byte[] data = new byte[40];
    data[0] = 4;
    data[2] = 1;
    DmReader.read(kind, data, data.length, SpnConversion.VERSION_4, steps);

    if (kind != DmKind.DM3 && kind != DmKind.DM11) {
      assertThat(steps.steps()).isNotEmpty();
      assertThat(steps.steps())
          .allSatisfy(step -> assertThat(step.clause()).startsWith("SAE J1939-73 5.7."));
    }
    assertThat(DmKind.ofPgn(kind.pgn())).isEqualTo(kind);
  }

  private static String ascii(String text) {
    return HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private static Dm read(DmKind kind, String hex) {
    byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
    return DmReader.read(kind, data, data.length, SpnConversion.VERSION_4, Trace.NONE);
  }
}
