package io.foretell.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Telemetry;
import io.foretell.proto.Telemetry.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Event time decides: the order of arrival within the lateness leaves no trace. */
class DiagnosisOrderTest {
  private static final int LATENESS = 1_000;
  private static final DiagnosisRules RULES =
      DiagnosisRules.standard()
          .withLateness(Duration.ofMillis(LATENESS))
          .withHealingPeriod(Duration.ofMillis(3_000));

  /** What is reported so long after the report before. */
  record Step(int after, boolean signal, boolean complete, double value, List<Integer> statuses) {}

  private record Arrival(long at, Telemetry telemetry) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(0, 1, 250, 999, 1_000, 2_500, 7_000),
            Arbitraries.of(true, true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(12.0, 12.1, 12.2, 14.0, 24.0),
            Arbitraries.of(0x00, 0x01, 0x08, 0x09, 0x50, 0x89).list().ofSize(2))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  @Property(tries = 500)
  void any_order_of_arrival_gives_the_same_findings(
      @ForAll("steps") List<Step> steps, @ForAll long seed) {
    List<Telemetry> story = story(steps);
    FoldRun ordered = run(arrivals(story, null));
    FoldRun shuffled = run(arrivals(story, new Random(seed)));

    assertThat(shuffled.findings()).isEqualTo(ordered.findings());
    assertThat(List.copyOf(shuffled.state().episodes()))
        .isEqualTo(List.copyOf(ordered.state().episodes()));
    assertThat(shuffled.state().outlooks()).isEqualTo(ordered.state().outlooks());
    assertThat(shuffled.state().trouble().late()).isZero();
  }

  @Property(tries = 200)
  void state_that_goes_through_its_codec_at_each_step_gives_the_same(
      @ForAll("steps") List<Step> steps, @ForAll long seed) {
    List<Arrival> arrivals = arrivals(story(steps), new Random(seed));
    FoldRun kept = run(arrivals);
    FoldRun repacked = new FoldRun(DiagnosisTest.diagnosis(RULES)).repacked();
    arrivals.forEach(a -> repacked.take(a.at(), a.telemetry()));
    repacked.toTheEnd();

    assertThat(repacked.findings()).isEqualTo(kept.findings());
    assertThat(repacked.state().outlooks()).isEqualTo(kept.state().outlooks());
    assertThat(repacked.state().trouble()).isEqualTo(kept.state().trouble());
  }

  @Property(tries = 300)
  void log_that_comes_twice_with_a_restart_in_the_middle_gives_the_same(
      @ForAll("steps") List<Step> steps, @ForAll long seed) {
    List<Telemetry> story = story(steps);
    Random random = new Random(seed);
    FoldRun once = run(arrivals(story, null));
    List<Arrival> twice = new ArrayList<>(arrivals(story, random));
    twice.addAll(arrivals(story, random));
    twice.sort(Comparator.comparingLong(Arrival::at));
    FoldRun run = new FoldRun(DiagnosisTest.diagnosis(RULES));
    for (int i = 0; i < twice.size(); i++) {
      FoldRun restarted = i == twice.size() / 2 ? run.repacked() : run;
      restarted.take(twice.get(i).at(), twice.get(i).telemetry());
    }
    run.toTheEnd();

    assertThat(run.findings()).isEqualTo(once.findings());
    assertThat(List.copyOf(run.state().episodes())).isEqualTo(List.copyOf(once.state().episodes()));
  }

  private static FoldRun run(List<Arrival> arrivals) {
    FoldRun run = new FoldRun(DiagnosisTest.diagnosis(RULES));
    arrivals.forEach(a -> run.take(a.at(), a.telemetry()));
    return run.toTheEnd();
  }

  private static List<Telemetry> story(List<Step> steps) {
    List<Telemetry> story = new ArrayList<>();
    long time = 1_000_000;
    for (Step s : steps) {
      time += s.after();
      story.add(
          s.signal()
              ? DiagnosisTest.signals(time, "battery.voltage", s.value())
              : DiagnosisTest.codes(
                  time,
                  s.complete(),
                  new Code(
                      "P0301",
                      s.statuses().get(0),
                      1 + s.after() % 255,
                      Map.of("a", 1.0, "b", 2.0)),
                  new Code("P0302", s.statuses().get(1), 0, Map.of())));
    }
    return story;
  }

  /** Each report is on its way for less than the lateness. */
  private static List<Arrival> arrivals(List<Telemetry> story, @Nullable Random random) {
    List<Arrival> arrivals = new ArrayList<>();
    for (Telemetry t : story) {
      int delay = random == null ? 0 : random.nextInt(LATENESS);
      arrivals.add(new Arrival(5_000_000 + t.time() + delay, t));
    }
    arrivals.sort(Comparator.comparingLong(Arrival::at));
    return arrivals;
  }
}
