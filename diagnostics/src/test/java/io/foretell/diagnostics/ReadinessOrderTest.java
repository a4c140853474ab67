package io.foretell.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.CodeReader;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.diagnostics.j1939.J1939Reader;
import io.foretell.diagnostics.obd.ObdReadinessReader;
import io.foretell.proto.Finding;
import io.foretell.proto.Telemetry;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Readiness in the life of a device: the order of arrival leaves no trace of it. */
class ReadinessOrderTest {
  private static final int LATENESS = 1_000;
  private static final CodeBook BOOK = new CodeBook();
  private static final DiagnosisRules RULES =
      DiagnosisRules.standard()
          .withLateness(Duration.ofMillis(LATENESS))
          .withHealingPeriod(Duration.ofMillis(3_000));

  private static final String FAULT = "98FECA00#40FF66000301FFFF";
  private static final String NO_FAULT = "98FECA00#00FF00000000FFFF";
  private static final String CLEARED = "98E8FF00#00FFFFFFF9D3FE00";
  private static final String OPEN = "98FECE00#0000140701100100";
  private static final String READY = "98FECE00#0000140701100000";

  /** Three of one unit's codes and monitors, and of the engine's units by SAE J1979. */
  private static final List<String> FRAMES =
      List.of(
          FAULT,
          FAULT,
          NO_FAULT,
          NO_FAULT,
          OPEN,
          READY,
          CLEARED,
          "98FECE00#0100140701100100",
          "98FECB00#40FF66000301FFFF",
          "98C1FF00#0000640000003C00",
          "98C1FF00#0000010000000100",
          "98FDB800#0000070000000000",
          "98FDB800#0000000000000000",
          "000007E8#0641010007E505",
          "000007E8#0641010007E500",
          "000007E8#0144000000000000",
          "000007E9#03413005");

  private record Arrival(long at, Telemetry telemetry) {}

  @Test
  void ticket_is_not_told_that_a_cleared_fault_is_gone_before_it_is_proven() {
    FoldRun run = new FoldRun(diagnosis());
    long at = 5_000_000;
    for (String frame : List.of(FAULT, CLEARED, OPEN, NO_FAULT)) {
      run.take(at, frames(at += 100, List.of(frame)));
    }
    for (int i = 0; i < 20; i++) {
      run.take(at, frames(at += 1_000, List.of(NO_FAULT)));
    }
    assertThat(run.findings()).extracting(Finding::kind).doesNotContain(Finding.Kind.CLEARED);
    assertThat(run.state().episodes())
        .extracting(e -> e.standing(2))
        .containsExactly(Episode.Standing.CLEARED);

    long ready = at += 1_000;
    run.take(at, frames(at, List.of(READY)));
    for (int i = 0; i < 6; i++) {
      run.take(at, frames(at += 1_000, List.of(NO_FAULT)));
    }
    Finding last = run.toTheEnd().findings().get(run.findings().size() - 1);
    assertThat(last.kind()).isEqualTo(Finding.Kind.CLEARED);
    assertThat(last.at()).isEqualTo(ready + 3_000);
  }

  @Property(tries = 300)
  void any_order_twice_and_with_restarts_gives_the_same_episodes(@ForAll long seed) {
    Random random = new Random(seed);
    List<Telemetry> story = story(random);
    FoldRun once = run(arrivals(story, null), -1);
    FoldRun shuffled = run(arrivals(story, random), -1);
    List<Arrival> doubled = new ArrayList<>(arrivals(story, random));
    doubled.addAll(arrivals(story, random));
    doubled.sort(Comparator.comparingLong(Arrival::at));
    FoldRun twice = run(doubled, doubled.size() / 2);
    FoldRun repacked = new FoldRun(diagnosis()).repacked();
    arrivals(story, random).forEach(a -> repacked.take(a.at(), a.telemetry()));
    repacked.toTheEnd();

    for (FoldRun run : List.of(shuffled, twice, repacked)) {
      assertThat(run.findings()).isEqualTo(once.findings());
      assertThat(List.copyOf(run.state().episodes()))
          .isEqualTo(List.copyOf(once.state().episodes()));
    }
  }

  private static Diagnosis diagnosis() {
    return new Diagnosis(
        List.of(new J1939Reader(BOOK), new CodeReader(BOOK), new ObdReadinessReader()),
        List.of(),
        FaultSeverity.byLampAndStatus(),
        RULES,
        FoldRun.FINDINGS);
  }

  private static FoldRun run(List<Arrival> arrivals, int restartAt) {
    FoldRun run = new FoldRun(diagnosis());
    for (int i = 0; i < arrivals.size(); i++) {
      if (i == restartAt) {
        run.restart();
      }
      run.take(arrivals.get(i).at(), arrivals.get(i).telemetry());
    }
    return run.toTheEnd();
  }

  private static List<Telemetry> story(Random random) {
    List<Telemetry> story = new ArrayList<>();
    long time = 1_000_000;
    for (int i = 0; i < 60; i++) {
      time += List.of(1, 40, 250, 999, 2_500, 7_000).get(random.nextInt(6));
      if (random.nextInt(4) == 0) {
        List<Telemetry.Code> codes =
            random.nextBoolean()
                ? List.of(new Telemetry.Code("P0442", 0x09, 0, Map.of()))
                : List.of();
        story.add(new Telemetry.FaultCodes(time, "", true, codes));
      } else {
        List<String> frames = new ArrayList<>();
        for (int k = random.nextInt(3); k >= 0; k--) {
          frames.add(FRAMES.get(random.nextInt(FRAMES.size())));
        }
        story.add(frames(time, frames));
      }
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

  /** Frames of one moment, in the order of the bus. */
  private static Telemetry.Frames frames(long time, List<String> frames) {
    int n = frames.size();
    long[] micros = new long[n];
    int[] ids = new int[n];
    int[] ends = new int[n];
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int i = 0; i < n; i++) {
      String[] part = frames.get(i).split("#");
      micros[i] = time * 1_000 + i;
      ids[i] = (int) Long.parseLong(part[0], 16);
      data.writeBytes(HexFormat.of().parseHex(part[1]));
      ends[i] = data.size();
    }
    return new Telemetry.Frames(time, "can0", micros, ids, ends, data.toByteArray());
  }
}
