package io.foretell.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.diagnostics.j1939.J1939Reader;
import io.foretell.proto.Telemetry;
import io.foretell.proto.wire.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log of a truck's bus, in the order in which it may come: the same episodes each time. */
final class DiagnosisLogTest {
  private static final int LATENESS = 5_000;
  private static final int EXTENDED = 1 << 31;
  private static final long LATER = 10_000;
  private static final DiagnosisRules RULES =
      DiagnosisRules.standard()
          .withLateness(Duration.ofMillis(LATENESS))
          .withHealingPeriod(Duration.ofSeconds(20));
  private static final CodeBook BOOK = new CodeBook();

  private static List<Telemetry.Frames> log = List.of();
  private static List<Episode> expected = List.of();
  private static int findings;

  private record Arrival(long at, Telemetry.Frames frames) {}

  @BeforeAll
  static void read() throws IOException {
    Path file =
        Path.of(
            System.getProperty("foretell.shared", "absent"),
            "data/j1939_logs/nmfta_truck_2016.candump.log.gz");
    assumeThat(file).as("shared logs").exists();
    log = batches(file);
    FoldRun run = run(inOrder(), -1);
    expected = List.copyOf(run.state().episodes());
    findings = run.findings().size();
  }

  @Test
  void log_has_episodes_to_speak_of() {
    assertThat(expected).isNotEmpty();
    assertThat(findings).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void any_order_within_the_lateness_gives_the_same_episodes(long seed) {
    same(run(shuffled(new Random(seed)), -1));
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void log_that_comes_twice_with_a_restart_in_the_middle_gives_the_same_episodes(long seed) {
    Random random = new Random(seed);
    List<Arrival> twice = new ArrayList<>(shuffled(random));
    twice.addAll(shuffled(random));
    twice.sort(Comparator.comparingLong(Arrival::at));

    same(run(twice, twice.size() / 2));
  }

  private static void same(FoldRun run) {
    assertThat(List.copyOf(run.state().episodes())).isEqualTo(expected);
    assertThat(run.findings()).hasSize(findings);
    assertThat(run.state().trouble().late()).isZero();
    assertThat(run.state().trouble().early()).isZero();
  }

  private static FoldRun run(List<Arrival> arrivals, int restartAt) {
    DiagnosisRules roomy =
        new DiagnosisRules(
            RULES.lateness(), RULES.episodes(), 8 << 20, RULES.lateBeforeNewTimeline());
    FoldRun run =
        new FoldRun(
            new Diagnosis(
                List.of(new J1939Reader(BOOK)),
                List.of(),
                FaultSeverity.byLampAndStatus(),
                roomy,
                Topics.FINDINGS));
    for (int i = 0; i < arrivals.size(); i++) {
      if (i == restartAt) {
        run.restart();
      }
      run.take(arrivals.get(i).at(), arrivals.get(i).frames());
    }
    return run.toTheEnd();
  }

  private static List<Arrival> inOrder() {
    return log.stream().map(frames -> new Arrival(frames.time() + LATER, frames)).toList();
  }

  private static List<Arrival> shuffled(Random random) {
    return log.stream()
        .map(frames -> new Arrival(frames.time() + LATER + random.nextInt(LATENESS), frames))
        .sorted(Comparator.comparingLong(Arrival::at))
        .toList();
  }

  /** What the bus had in each second. */
  private static List<Telemetry.Frames> batches(Path file) throws IOException {
    List<Telemetry.Frames> batches = new ArrayList<>();
    List<String> second = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
      lines
          .lines()
          .forEach(
              line -> {
                if (!second.isEmpty() && second(line) != second(second.get(0))) {
                  batches.add(batch(second));
                  second.clear();
                }
                second.add(line);
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    batches.add(batch(second));
    return batches;
  }

  private static long second(String line) {
    return Long.parseLong(line.substring(1, line.indexOf('.')));
  }

  private static Telemetry.Frames batch(List<String> lines) {
    int n = lines.size();
    long[] micros = new long[n];
    int[] ids = new int[n];
    int[] ends = new int[n];
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < n; i++) {
      String[] part = lines.get(i).split(" ");
      micros[i] = Long.parseLong(part[0].substring(1, part[0].length() - 1).replace(".", ""));
      int hash = part[2].indexOf('#');
      ids[i] = (int) Long.parseLong(part[2].substring(0, hash), 16) | EXTENDED;
      hex.append(part[2].substring(hash + 1));
      ends[i] = hex.length() / 2;
    }
    byte[] data = HexFormat.of().parseHex(hex);
    return new Telemetry.Frames(micros[n - 1] / 1000, "can0", micros, ids, ends, data);
  }
}
