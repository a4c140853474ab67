package io.foretell.diagnostics.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.Moment;
import io.foretell.diagnostics.Outlook;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Kind;
import io.foretell.proto.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RemainingLifePredictorTest {
  private static final DeviceId DEVICE = DeviceId.parse("pump-1");
  private static final long CYCLE = Duration.ofMinutes(30).toMillis();
  private static final RulModel MODEL =
      Training.train(WornUnits.table(24, 3), WornUnits.options(), Instant.EPOCH, (s, d, t) -> {})
          .model();

  private final RemainingLifePredictor predictor =
      new RemainingLifePredictor(MODEL, AlarmPolicy.within(30));
  private final List<Finding> findings = new ArrayList<>();

  @Property(tries = 20)
  void features_online_equal_those_of_the_table_bit_for_bit(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 130) int cycles) {
    double[][] life = WornUnits.life(cycles, new Random(seed));
    life[cycles / 2][1] = Double.NaN;
    RunToFailure table =
        new RunToFailure(WornUnits.SIGNALS, List.of(new RunToFailure.Unit("u", life, 0)));
    float[][] batch = new UnitFeatures(MODEL.scaling(), table).rows(table.units().get(0));
    LifeMemory memory = predictor.fresh();

    for (int c = 0; c < cycles; c++) {
      memory = predictor.codec().decode(predictor.codec().encode(memory));
      predictor.take(memory, DEVICE, moment(c, life[c]), f -> {});
      if (memory.window().cycles() == c + 1) {
        assertThat(memory.window().features()).isEqualTo(batch[c]);
      }
    }
  }

  @Test
  void wearing_part_is_told_in_time_with_horizon_trend_and_drivers() {
    double[][] life = WornUnits.life(160, new Random(42));
    LifeMemory memory = predictor.fresh();
    run(memory, life, 0);

    Finding first = findings.get(0);
    int cycle = (int) (first.at() / CYCLE);
    double lead = life.length - 1 - cycle;
    assertThat(first.kind()).isEqualTo(Kind.PREDICTED_FAILURE);
    assertThat(first.cause()).isEqualTo("rul:pump");
    assertThat(first.severity()).isEqualTo(Severity.MAJOR);
    assertThat(lead).isBetween(15.0, 45.0);
    assertThat(first.horizon())
        .hasValueSatisfying(h -> assertThat(h).isBetween(cycles(12), cycles(30)));
    assertThat(first.confidence()).isBetween(0.4, 0.95);
    assertThat(first.evidence())
        .extracting(Finding.Evidence::kind)
        .contains("prediction", "signal");
    assertThat(first.model()).isEqualTo(MODEL.id());
    assertThat(findings.get(findings.size() - 1).severity()).isEqualTo(Severity.CRITICAL);
    assertThat(findings).hasSizeLessThan(7).extracting(Finding::id).doesNotHaveDuplicates();
    assertThat(findings).extracting(Finding::since).containsOnly(first.at());
  }

  @Test
  void replaced_part_clears_and_begins_a_new_life() {
    LifeMemory memory = predictor.fresh();
    run(memory, WornUnits.life(160, new Random(42)), 0);
    int told = findings.size();
    run(memory, WornUnits.life(200, new Random(43)), 160);

    assertThat(findings.get(told).kind()).isEqualTo(Kind.CLEARED);
    assertThat(findings.get(told).at()).isLessThan(210 * CYCLE);
    assertThat(findings.get(told + 1).kind()).isEqualTo(Kind.PREDICTED_FAILURE);
    assertThat(findings.get(told + 1).occurrences()).isEqualTo(2);
  }

  @Test
  void outlook_shows_the_newest_prediction() {
    LifeMemory memory = predictor.fresh();
    assertThat(predictor.outlook(memory)).isEmpty();
    run(memory, WornUnits.life(140, new Random(1)), 0);

    Outlook.RemainingLife life = (Outlook.RemainingLife) predictor.outlook(memory).get(0);
    assertThat(life.subject()).isEqualTo("rul:pump");
    assertThat(life.latest().cycle()).isEqualTo(140);
    assertThat(life.latest().rul()).isLessThan(12);
    assertThat(life.cycleMillis()).isEqualTo(CYCLE);
    assertThat(life.alarmed()).isTrue();
    assertThat(life.trend()).hasSize(12);
    assertThat(life.drivers()).containsKey("pump.heat");
  }

  @Test
  void moment_with_few_of_the_sensors_is_no_cycle() {
    LifeMemory memory = predictor.fresh();
    TreeMap<String, Double> few = new TreeMap<>();
    few.put("pump.heat", 12.0);
    predictor.take(memory, DEVICE, new Moment(1, few), findings::add);

    assertThat(memory.window().cycles()).isZero();
  }

  @Test
  void memory_of_another_model_counts_for_nothing() {
    LifeMemory memory = predictor.fresh();
    run(memory, WornUnits.life(50, new Random(1)), 0);
    RulModel other =
        Training.train(WornUnits.table(8, 4), WornUnits.options(), Instant.EPOCH, (s, d, t) -> {})
            .model();
    RemainingLifePredictor next = new RemainingLifePredictor(other, AlarmPolicy.within(30));

    assertThat(next.codec().decode(predictor.codec().encode(memory)).window().cycles()).isZero();
    assertThat(predictor.codec().encode(memory).length).isLessThan(600);
  }

  private void run(LifeMemory memory, double[][] life, int from) {
    for (int c = 0; c < life.length; c++) {
      predictor.take(memory, DEVICE, moment(from + c, life[c]), findings::add);
    }
  }

  private static Moment moment(int cycle, double[] values) {
    TreeMap<String, Double> named = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        named.put(WornUnits.SIGNALS.get(i), values[i]);
      }
    }
    return new Moment(cycle * CYCLE, named);
  }

  private static Duration cycles(int n) {
    return Duration.ofMillis(n * CYCLE);
  }
}
