package io.foretell.diagnostics.doip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.trace.Steps;
import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoipReaderTest {
  private static final String VIN = "5741555a5a5a3847394241303030303031";

  @Property(tries = 300)
  void diagnostic_message_comes_back_whole(
      @ForAll @IntRange(max = 0xFFFF) int source,
      @ForAll @IntRange(max = 0xFFFF) int target,
      @ForAll @Size(min = 1, max = 300) byte[] data,
      @ForAll @IntRange(min = 1, max = 3) int version) {
    String payload = String.format("%04x%04x", source, target) + HexFormat.of().formatHex(data);
    DoipFrame frame = read(message(version, 0x8001, payload));

    assertThat(frame.version()).isEqualTo(version);
    assertThat(frame.length()).isEqualTo(12 + data.length);
    assertThat(frame.message())
        .isInstanceOfSatisfying(
            DoipMessage.Diagnostic.class,
            diagnostic -> {
              assertThat(diagnostic.source()).isEqualTo(source);
              assertThat(diagnostic.target()).isEqualTo(target);
              assertThat(diagnostic.data()).isEqualTo(data);
            });
  }

  @Test
  void announcement_is_read_with_and_without_its_last_byte() {
    String payload = VIN + "0010" + "001122334455" + "ffffffffffff" + "10";
    DoipMessage old = read(message(2, 4, payload)).message();
    DoipMessage now = read(message(3, 4, payload + "00")).message();

    assertThat(old)
        .isEqualTo(
            new DoipMessage.Announcement(
                DoipType.VEHICLE_ANNOUNCEMENT,
                "WAUZZZ8G9BA000001",
                16,
                "001122334455",
                "ffffffffffff",
                16,
                "routing activation required to initiate central security",
                -1));
    assertThat(((DoipMessage.Announcement) now).sync()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0000 | 02 | HeaderRefused",
        "0001 |  | Plain",
        "0002 | 001122334455 | IdentifyByEid",
        "0003 | 5741555a5a5a3847394241303030303031 | IdentifyByVin",
        "0005 | 0e000000000000 | ActivationRequest",
        "0005 | 0e00e000000000deadbeef | ActivationRequest",
        "0006 | 0e0000101000000000 | ActivationResponse",
        "0006 | 0e00001007000000000badcafe | ActivationResponse",
        "0007 |  | Plain",
        "0008 | 0e00 | Alive",
        "4001 |  | Plain",
        "4002 | 001001 | EntityStatus",
        "4002 | 00100100001000 | EntityStatus",
        "4003 |  | Plain",
        "4004 | 01 | PowerMode",
        "8002 | 00100e0000 | Acknowledge",
        "8003 | 00100e00063e00 | Acknowledge",
        "f123 | aabb | Other",
        "9999 | aabb | Other"
      })
  void every_payload_type_is_read_and_explained(String type, String payload, String record) {
    Steps steps = new Steps();
    String hex = message(3, Integer.parseInt(type, 16), payload == null ? "" : payload);
    DoipFrame frame = DoipReader.read(HexFormat.of().parseHex(hex), 0, steps);

    assertThat(frame.message().getClass().getSimpleName()).isEqualTo(record);
    assertThat(frame.length()).isEqualTo(hex.length() / 2);
    int explained = steps.steps().stream().mapToInt(Steps.Step::length).sum();
    assertThat(explained).isEqualTo(frame.length());
  }

  @ParameterizedTest
  @CsvSource({
    "02fd0004, TRUNCATED_FRAME",
    "02fe000100000000, WRONG_SHAPE",
    "7f80000100000000, WRONG_SHAPE",
    "02fd00010000000100, WRONG_SHAPE",
    "02fd000800000002 0e, TRUNCATED_FRAME",
    "02fd8001ffffffff0e00, TOO_LARGE",
    "02fd80010000ffff0e00, TRUNCATED_FRAME",
    "02fd80010000000400100e00, WRONG_SHAPE",
    "02fd0005000000080e00000000000000, WRONG_SHAPE"
  })
  void broken_message_gets_a_reason(String hex, ReasonCode reason) {
    assertThatThrownBy(() -> read(hex.replace(" ", "")))
        .isInstanceOf(InvalidInputException.class)
        .extracting("reason")
        .isEqualTo(reason);
  }

  private static String message(int version, int type, String payload) {
    return String.format("%02x%02x%04x%08x", version, ~version & 0xFF, type, payload.length() / 2)
        + payload;
  }

  private static DoipFrame read(String hex) {
    return DoipReader.read(HexFormat.of().parseHex(hex), 0, Trace.NONE);
  }
}
