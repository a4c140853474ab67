package io.foretell.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.drift.DriftDetector;
import io.foretell.diagnostics.drift.DriftRule;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Kind;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Severity;
import io.foretell.proto.Stage;
import io.foretell.proto.Telemetry;
import io.foretell.proto.Telemetry.Code;
import io.foretell.proto.Telemetry.FaultCodes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
  private static final DiagnosisRules RULES =
      DiagnosisRules.standard()
          .withLateness(Duration.ofSeconds(10))
          .withHealingPeriod(Duration.ofSeconds(60));

  private final Diagnosis diagnosis = diagnosis(RULES);
  private final FoldRun run = new FoldRun(diagnosis);

  @Test
  void fault_becomes_a_finding_with_its_evidence_once_the_lateness_has_passed() {
    run.take(5_000, codes(1_000, true, new Code("P0301", 0x89, 4, Map.of("engine.speed", 2400.0))));
    assertThat(run.findings()).isEmpty();

    run.passTo(15_000);

    Finding f = run.findings().get(0);
    assertThat(f.kind()).isEqualTo(Kind.ACTIVE_FAULT);
    assertThat(f.cause()).isEqualTo("fault:obd:ecm:P0301");
    assertThat(f.severity()).isEqualTo(Severity.MAJOR);
    assertThat(f.at()).isEqualTo(1_000);
    assertThat(f.occurrences()).isEqualTo(1);
    assertThat(f.fault()).isPresent();
    assertThat(f.evidence())
        .extracting(Finding.Evidence::kind)
        .containsExactly("fault", "freeze-frame", "fault");
    assertThat(f.evidence().get(2).values()).containsEntry("device.count", 4.0);
  }

  @Test
  void watermark_releases_without_a_tick() {
    run.take(1_000, codes(1_000, true, failing("P0301")));
    run.take(1_500, signals(11_001, "engine.coolant", 90));

    assertThat(run.findings()).hasSize(1);
  }

  @Test
  void loop_from_fault_to_healed_to_relapse_counts_on() {
    run.take(1_000, codes(1_000, true, failing("P0301")));
    run.take(5_000, codes(5_000, true));
    run.take(66_000, signals(66_000, "engine.coolant", 90));
    run.take(90_000, codes(90_000, true, failing("P0301"))).toTheEnd();

    assertThat(run.findings())
        .extracting(Finding::kind, Finding::at, Finding::occurrences)
        .containsExactly(
            Assertions.tuple(Kind.ACTIVE_FAULT, 1_000L, 1),
            Assertions.tuple(Kind.CLEARED, 65_000L, 1),
            Assertions.tuple(Kind.ACTIVE_FAULT, 90_000L, 2));
    assertThat(run.findings()).extracting(Finding::id).doesNotHaveDuplicates();
    assertThat(run.state().episodes()).extracting(Episode::since).containsExactly(90_000L);
  }

  @Test
  void silence_heals_nothing() {
    run.take(1_000, codes(1_000, true, failing("P0301")));
    run.take(5_000, codes(5_000, true)).toTheEnd();

    assertThat(run.findings()).extracting(Finding::kind).containsExactly(Kind.ACTIVE_FAULT);
    assertThat(diagnosis.wakeAt(run.state())).isEqualTo(Stage.NEVER);
  }

  @Test
  void presence_is_no_report_of_the_device() {
    run.take(1_000, codes(1_000, true, failing("P0301")));
    run.take(5_000, codes(5_000, true));
    run.take(900_000, new Telemetry.Presence(900_000, true, "mqtt", "connected")).toTheEnd();

    assertThat(run.findings()).extracting(Finding::kind).containsExactly(Kind.ACTIVE_FAULT);
  }

  @Test
  void report_later_than_the_lateness_still_opens_a_fault_and_is_counted() {
    run.take(50_000, signals(50_000, "engine.coolant", 90));
    run.take(50_001, codes(20_000, false, failing("P0301")));

    assertThat(run.findings()).extracting(Finding::at).containsExactly(20_000L);
    assertThat(run.state().trouble().late()).isEqualTo(1);
  }

  @Test
  void clock_that_steps_back_begins_a_new_timeline() {
    run.take(1_000, signals(4_000_000_000_000L, "engine.coolant", 90));
    for (int i = 0; i < RULES.lateBeforeNewTimeline() + 20; i++) {
      run.take(2_000 + i, codes(100_000 + i * 1_000L, true, failing("P0301")));
    }

    assertThat(run.state().trouble().newTimelines()).isEqualTo(1);
    assertThat(run.state().episodes()).hasSize(1);
    assertThat(run.state().episodes().iterator().next().observations()).isGreaterThan(5);
  }

  @Test
  void full_buffer_takes_the_oldest_in_early_and_counts_it() {
    DiagnosisRules tight =
        new DiagnosisRules(RULES.lateness(), RULES.episodes(), 200, RULES.lateBeforeNewTimeline());
    FoldRun small = new FoldRun(diagnosis(tight));
    for (int i = 0; i < 50; i++) {
      small.take(i, codes(1_000 + i, true, failing("P0301")));
    }

    assertThat(small.state().trouble().early()).isPositive();
    assertThat(small.findings()).hasSize(1);
    assertThat(diagnosis(tight).codec().encode(small.state()).length).isLessThan(700);
  }

  @Test
  void signal_that_nobody_wants_is_not_kept() {
    run.take(1_000, signals(1_000, "cabin.temperature", 21));
    int quiet = diagnosis.codec().encode(run.state()).length;
    for (int i = 1; i < 1_000; i++) {
      run.take(1_000 + i, signals(1_000 + i, "cabin.temperature", 21));
    }

    assertThat(diagnosis.codec().encode(run.state()).length).isLessThanOrEqualTo(quiet + 8);
    assertThat(diagnosis.wakeAt(run.state())).isEqualTo(Stage.NEVER);
  }

  @Test
  void state_that_is_no_state_is_refused() {
    byte[] good = diagnosis.codec().encode(run.state());
    byte[] cut = Arrays.copyOf(good, good.length - 1);

    Assertions.assertThatThrownBy(() -> diagnosis.codec().decode(cut))
        .isInstanceOf(InvalidInputException.class);
    Assertions.assertThatThrownBy(() -> diagnosis.codec().decode(new byte[] {99}))
        .isInstanceOf(InvalidInputException.class);
  }

  static Diagnosis diagnosis(DiagnosisRules rules) {
    return new Diagnosis(
        List.of(new CodeReader()),
        List.of(new DriftDetector(List.of(new DriftRule("battery.*", 20, 1, 10, 0)))),
        FaultSeverity.byLampAndStatus(),
        rules,
        FoldRun.FINDINGS);
  }

  static Code failing(String code) {
    return new Code(code, 0x09, 1, Map.of());
  }

  static FaultCodes codes(long time, boolean complete, Code... codes) {
    return new FaultCodes(time, "ecm", complete, List.of(codes));
  }

  static Telemetry signals(long time, String name, double value) {
    return new Telemetry.Signals(
        time, List.of(name), List.of(new long[] {time}), List.of(new double[] {value}));
  }
}
