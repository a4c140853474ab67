package io.foretell.diagnostics.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.diagnostics.predict.Training.Trained;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingTest {
  private static final Instant AT = Instant.parse("2026-11-01T00:00:00Z");
  private static final RunToFailure TABLE = WornUnits.table(24, 3);
  private static final Trained TRAINED =
      Training.train(TABLE, WornUnits.options(), AT, (step, done, total) -> {});

  @Test
  void same_table_and_seed_give_the_same_bytes() {
    Trained again =
        Training.train(WornUnits.table(24, 3), WornUnits.options(), AT, (s, d, t) -> {});

    assertThat(RulModel.codec().encode(again.model()))
        .isEqualTo(RulModel.codec().encode(TRAINED.model()));
    assertThat(again.record()).isEqualTo(TRAINED.record());
  }

  @Test
  void record_says_how_the_model_came_to_be() {
    TrainingRecord record = TRAINED.record();

    assertThat(record.model()).isEqualTo(TRAINED.model().id()).startsWith("rul-gbdt/");
    assertThat(record.trainedAt()).isEqualTo("2026-11-01T00:00:00Z");
    assertThat(record.dataDigest()).isEqualTo(TABLE.digest().toString());
    assertThat(record.regimes()).isEqualTo(2);
    assertThat(record.sensors()).containsExactly("pump.heat", "pump.noise", "pump.hum");
    assertThat(record.heldOut().rmse()).isLessThan(12);
    assertThat(record.heldOut().coverage()).isBetween(0.78, 0.95);
    assertThat(record.importances().get(0).feature()).startsWith("pump.heat");
  }

  @Test
  void progress_counts_up_to_its_total() {
    List<Integer> steps = new ArrayList<>();
    List<Integer> totals = new ArrayList<>();
    Training.train(
        WornUnits.table(8, 1),
        WornUnits.options(),
        AT,
        (step, done, total) -> {
          steps.add(done);
          totals.add(total);
        });

    assertThat(steps).isSorted().doesNotHaveDuplicates().startsWith(0);
    assertThat(totals).containsOnly(steps.get(steps.size() - 1));
  }

  @Test
  void model_comes_back_from_its_bytes() {
    RulModel back = RulModel.codec().decode(RulModel.codec().encode(TRAINED.model()));

    assertThat(back.id()).isEqualTo(TRAINED.model().id());
    assertThat(back.signals()).isEqualTo(TRAINED.model().signals());
    Evaluation before = Evaluation.of(TRAINED.model(), TABLE, (s, d, t) -> {});
    assertThat(Evaluation.of(back, TABLE, (s, d, t) -> {})).isEqualTo(before);
  }

  @Test
  void damaged_model_is_refused() {
    byte[] bytes = RulModel.codec().encode(TRAINED.model());
    byte[] damaged = bytes.clone();
    damaged[bytes.length / 2] ^= 1;

    assertThatThrownBy(() -> RulModel.codec().decode(damaged))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            e -> assertThat(e.reason()).isEqualTo(ReasonCode.DIGEST_MISMATCH));
    assertThatThrownBy(() -> RulModel.codec().decode(Arrays.copyOf(bytes, 100)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void back_test_on_new_units_finds_nearly_all_failures_in_time() {
    Backtest backtest =
        Backtest.of(
            TRAINED.model(),
            WornUnits.table(40, 99),
            new Backtest.Terms(AlarmPolicy.within(30), 15, 5),
            (s, d, t) -> {});

    assertThat(backtest.right()).isGreaterThanOrEqualTo(36);
    assertThat(backtest.missed()).isZero();
    assertThat(backtest.medianLead()).isBetween(15.0, 40.0);
  }

  @Test
  void back_test_leaves_units_alone_that_have_long_to_go() {
    RunToFailure young =
        new RunToFailure(
            WornUnits.SIGNALS,
            WornUnits.table(10, 5).units().stream()
                .map(u -> new RunToFailure.Unit(u.id(), Arrays.copyOf(u.cycles(), 40), 200))
                .toList());
    Backtest backtest =
        Backtest.of(
            TRAINED.model(),
            young,
            new Backtest.Terms(AlarmPolicy.within(30), 15, 5),
            (s, d, t) -> {});

    assertThat(backtest.judged())
        .extracting(Backtest.Judged::verdict)
        .containsOnly(Backtest.Verdict.QUIET);
  }

  @Test
  void interval_and_probability_agree() {
    RulModel model = TRAINED.model();
    for (double remaining : new double[] {5, 20, 45, 70}) {
      double p90 = model.prediction(0, 1, remaining).p90();
      assertThat(model.within(remaining, p90)).isBetween(0.85, 0.96);
      assertThat(model.prediction(0, 1, remaining).p10()).isLessThanOrEqualTo(remaining);
    }
  }
}
