package io.foretell.diagnostics.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.Diagnosis;
import io.foretell.diagnostics.DiagnosisRules;
import io.foretell.diagnostics.FaultSeverity;
import io.foretell.diagnostics.FoldRun;
import io.foretell.diagnostics.Outlook;
import io.foretell.proto.Finding;
import io.foretell.proto.Telemetry.Signals;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The predictor within the whole fold: cycles in batches, in any order of arrival. */
class RemainingLifeFoldTest {
  private static final long CYCLE = 60_000;
  private static final int CYCLES = 160;
  private static final RulModel MODEL =
      Training.train(WornUnits.table(24, 3), WornUnits.options(), Instant.EPOCH, (s, d, t) -> {})
          .model();
  private static final double[][] LIFE = WornUnits.life(CYCLES, new Random(42));
  private static final DiagnosisRules RULES =
      DiagnosisRules.standard().withLateness(Duration.ofMillis(40 * CYCLE));

  @Test
  void batches_of_cycles_give_findings_and_an_outlook() {
    FoldRun run = run(batches(10), false);

    assertThat(run.findings()).isNotEmpty();
    assertThat(run.findings()).extracting(Finding::cause).containsOnly("rul:pump");
    assertThat(run.state().outlook("rul:pump"))
        .hasValueSatisfying(
            o -> assertThat(((Outlook.RemainingLife) o).latest().cycle()).isEqualTo(CYCLES));
    assertThat(run.state().trouble().late()).isZero();
  }

  @Property(tries = 20)
  void batching_order_and_packing_leave_no_trace(@ForAll long seed) {
    List<Finding> expected = run(batches(CYCLES), false).findings();
    Random random = new Random(seed);
    List<Signals> shuffled = new ArrayList<>();
    List<Signals> all = batches(1 + random.nextInt(9));
    for (int from = 0; from < all.size(); from += 4) {
      List<Signals> some = new ArrayList<>(all.subList(from, Math.min(all.size(), from + 4)));
      Collections.shuffle(some, random);
      shuffled.addAll(some);
    }

    assertThat(run(shuffled, true).findings()).isEqualTo(expected);
  }

  private static FoldRun run(List<Signals> batches, boolean repacked) {
    Diagnosis diagnosis =
        new Diagnosis(
            List.of(),
            List.of(new RemainingLifePredictor(MODEL, AlarmPolicy.within(30))),
            FaultSeverity.byLampAndStatus(),
            RULES,
            FoldRun.FINDINGS);
    FoldRun run = repacked ? new FoldRun(diagnosis).repacked() : new FoldRun(diagnosis);
    long at = 0;
    for (Signals batch : batches) {
      run.take(at++, batch);
    }
    return run.toTheEnd();
  }

  private static List<Signals> batches(int cycles) {
    List<Signals> batches = new ArrayList<>();
    for (int from = 0; from < CYCLES; from += cycles) {
      int to = Math.min(CYCLES, from + cycles);
      List<long[]> times = new ArrayList<>();
      List<double[]> values = new ArrayList<>();
      for (int s = 0; s < WornUnits.SIGNALS.size(); s++) {
        long[] t = new long[to - from];
        double[] v = new double[to - from];
        for (int c = from; c < to; c++) {
          t[c - from] = c * CYCLE;
          v[c - from] = LIFE[c][s];
        }
        times.add(t);
        values.add(v);
      }
      batches.add(new Signals((to - 1) * CYCLE, WornUnits.SIGNALS, times, values));
    }
    return batches;
  }
}
