package io.foretell.diagnostics.obd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.episodes.Monitor;
import io.foretell.diagnostics.trace.Steps;
import io.foretell.diagnostics.trace.Trace;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObdDecoderTest {
  @Test
  void freeze_frame_is_read_after_its_frame_number() {
    assertThat(value("020C00", "420C001AF8"))
        .isEqualTo(new ObdValue.Quantity(1726, "revolutions_per_minute"));
    assertThat(value("020200", "4202000133")).isEqualTo(new ObdValue.FreezeCode(0x0133));
  }

  @Test
  void answer_to_several_pids_is_cut_into_one_each() {
    List<ObdAnswer> answers = decode("01 0C 06 0D", "410C1AF806900D28");

    assertThat(answers).extracting(ObdAnswer::pid).containsExactly(0x0C, 0x06, 0x0D);
    assertThat(answers.get(0).value())
        .isEqualTo(new ObdValue.Quantity(1726, "revolutions_per_minute"));
    assertThat(answers.get(2).value()).isEqualTo(new ObdValue.Quantity(40, "kilometer_per_hour"));
  }

  @Test
  void permanent_codes_are_codes() {
    assertThat(value("0A", "4A0201330420")).isEqualTo(new ObdValue.Codes(List.of(0x0133, 0x0420)));
    assertThat(value("0A", "4A013300000000")).isEqualTo(new ObdValue.Codes(List.of(0x0133)));
  }

  @Test
  void monitor_results_are_scaled_by_their_identifier() {
    ObdValue.Tests tests = (ObdValue.Tests) value("0601", "4601010A0BB008000C00A20B2400030000FFFF");

    assertThat(tests.tests()).hasSize(2);
    MonitorTest sensor = tests.tests().get(0);
    assertThat(sensor.monitorName()).isEqualTo("oxygen sensor, bank 1 sensor 1");
    assertThat(sensor.unit()).isEqualTo("mV");
    assertThat(sensor.value()).isEqualTo(0x0BB0 * 0.122);
    assertThat(sensor.passed()).isTrue();
    assertThat(tests.tests().get(1).monitorName()).isEqualTo("misfire, cylinder 1");
  }

  @Test
  void scaling_from_80_up_is_signed_and_an_unknown_one_is_raw() {
    ObdValue.Tests tests =
        (ObdValue.Tests) value("0621", "46218096FF9CFF380000" + "21817700640000" + "0050");

    assertThat(tests.tests().get(0).value()).isEqualTo(-10.0);
    assertThat(tests.tests().get(0).unit()).isEqualTo("degC");
    assertThat(tests.tests().get(0).minimum()).isEqualTo(-20.0);
    assertThat(tests.tests().get(1).unit()).isEmpty();
    assertThat(tests.tests().get(1).passed()).isFalse();
  }

  @Test
  void older_buses_have_one_limit_and_sensor_tests() {
    MonitorTest old = ((ObdValue.Tests) value("0601", "46018100100020")).tests().get(0);
    MonitorTest sensor = ((ObdValue.Tests) value("0505", "450501190A32")).tests().get(0);

    assertThat(old.minimum()).isEqualTo(32);
    assertThat(old.passed()).isFalse();
    assertThat(sensor.value()).isEqualTo(0.1);
    assertThat(sensor.minimum()).isEqualTo(0.04);
    assertThat(sensor.maximum()).isEqualTo(0.2);
    assertThat(sensor.unit()).isEqualTo("s");
  }

  @Test
  void in_use_performance_is_named_for_spark_and_compression() {
    assertThat(value("0908", "490814" + "00050006" + "0007".repeat(18)))
        .isInstanceOfSatisfying(
            ObdValue.Counters.class,
            counters -> {
              assertThat(counters.counters()).hasSize(20);
              assertThat(counters.counters()).containsEntry("IGNCNTR", 6);
              assertThat(counters.counters()).containsEntry("SO2SCOND2", 7);
            });
    assertThat(value("090B", "490B02" + "00050006"))
        .isEqualTo(new ObdValue.Counters(Map.of("OBDCOND", 5, "IGNCNTR", 6)));
  }

  @Test
  void signals_that_the_answer_says_are_not_supported_are_left_out() {
    List<ObdSignal> signals = decode("0167", "4167015A60").get(0).signals();

    assertThat(signals)
        .extracting(ObdSignal::id)
        .containsExactly("ECT_2_SUP", "ECT_1_SUP", "ECT_1");
    assertThat(signals.get(2).number()).isEqualTo(50);
  }

  @Test
  void readiness_of_a_diesel_has_its_own_monitors() {
    ObdValue.Status status = (ObdValue.Status) value("0101", "4101830F2B02");

    assertThat(status.readiness().mil()).isTrue();
    assertThat(status.readiness().codes()).isEqualTo(3);
    assertThat(status.readiness().compression()).isTrue();
    assertThat(status.readiness().monitors())
        .contains(
            new MonitorStatus.Line(
                "NOX_SCR_AFTERTREATMENT_MONITORING", Monitor.NOX_CATALYST, true, false));
  }

  @ParameterizedTest
  @CsvSource({
    "010C, 7F0112, PRECONDITION_FAILED",
    "010C, 7F0178, TRUNCATED_FRAME",
    "010C, 410D20, WRONG_SHAPE",
    "010C, 410C1A, TRUNCATED_FRAME",
    "010C, 41, TRUNCATED_FRAME",
    "03, 43050133, TRUNCATED_FRAME",
    "0501, 450101, TRUNCATED_FRAME",
    "0167, 4167, TRUNCATED_FRAME"
  })
  void broken_answer_gets_a_reason(String request, String answer, ReasonCode reason) {
    assertThatThrownBy(() -> decode(request, answer))
        .isInstanceOf(InvalidInputException.class)
        .extracting("reason")
        .isEqualTo(reason);
  }

  @Test
  void unit_that_waits_and_then_answers_is_read() {
    List<UnitAnswer> sent =
        List.of(
            new UnitAnswer("7E8", HexFormat.of().parseHex("7F0178")),
            new UnitAnswer("7E8", HexFormat.of().parseHex("410C1AF8")));

    assertThat(ObdDecoder.decode(ObdRequest.of("010C"), sent, Trace.NONE)).hasSize(1);
  }

  @Property(tries = 500)
  void every_pid_is_decoded_and_explained_within_its_bytes(
      @ForAll @IntRange(max = 255) int pid, @ForAll @IntRange(max = 255) int fill) {
    byte[] answer = new byte[44];
    java.util.Arrays.fill(answer, (byte) fill);
    answer[0] = 0x41;
    answer[1] = (byte) pid;
    Steps steps = new Steps();
    List<ObdAnswer> answers =
        ObdDecoder.decode(new ObdRequest(1, pid), List.of(new UnitAnswer("7E8", answer)), steps);

    assertThat(answers).hasSize(1);
    assertThat(steps.steps())
        .allSatisfy(step -> assertThat(step.at() + step.length()).isLessThanOrEqualTo(44));
  }

  private static ObdValue value(String request, String answer) {
    return decode(request, answer).get(0).value();
  }

  private static List<ObdAnswer> decode(String request, String answer) {
    UnitAnswer sent = new UnitAnswer("7E8", HexFormat.of().parseHex(answer));
    return ObdDecoder.decode(ObdRequest.of(request), List.of(sent), Trace.NONE);
  }
}
