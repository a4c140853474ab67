package io.foretell.diagnostics.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How often the cautious rule cries wolf on recordings that others have labelled. */
class DriftOnRecordingsTest {
  private static final Path DATA = Path.of(System.getProperty("foretell.shared", "shared"), "data");

  /** SKAB columns that do not warm up by themselves over a recording. */
  private static final int[] COLUMNS = {1, 2, 3, 4, 7, 8};

  private static final int ANOMALY = 9;

  @Test
  void nab_series_raise_about_one_alarm_in_ten_thousand_samples() throws IOException {
    int alarms = 0;
    long samples = 0;
    for (Path file : files("nab")) {
      List<String> lines = Files.readAllLines(file);
      DriftRule rule =
          new DriftRule("x", Math.min(2000, Math.max(300, lines.size() * 15 / 100)), 1.5, 80, 0);
      Track track = new Track(rule.learn());
      for (String line : lines.subList(1, lines.size())) {
        double value = Double.parseDouble(line.substring(line.indexOf(',') + 1));
        alarms += track.take(samples++, value, rule) && track.drifting() ? 1 : 0;
      }
    }

    assertThat(samples).isGreaterThan(100_000);
    assertThat(alarms * 10_000.0 / samples).isLessThan(1.2);
  }

  @Test
  void skab_faults_are_found_in_most_recordings_and_rarely_before_they_begin() throws IOException {
    int found = 0;
    int before = 0;
    for (Path file : files("skab")) {
      if (!file.toString().contains("anomaly-free")) {
        int first = firstAlarm(file);
        before += first < 0 ? 1 : 0;
        found += first > 0 ? 1 : 0;
      }
    }

    assertThat(found).isGreaterThanOrEqualTo(22);
    assertThat(before).isLessThanOrEqualTo(4);
  }

  /** 1: first alarm within the fault or after; -1: before it; 0: none. */
  private static int firstAlarm(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    DriftRule rule = DriftRule.cautious("x");
    Track[] tracks = Stream.generate(() -> new Track(rule.learn())).limit(9).toArray(Track[]::new);
    boolean begun = false;
    for (int row = 1; row < lines.size(); row++) {
      String[] cells = lines.get(row).split(";");
      begun |= Double.parseDouble(cells[ANOMALY]) > 0;
      for (int c : COLUMNS) {
        if (tracks[c].take(row, Double.parseDouble(cells[c]), rule)) {
          return begun ? 1 : -1;
        }
      }
    }
    return 0;
  }

  private static List<Path> files(String set) throws IOException {
    assumeThat(Files.isDirectory(DATA.resolve(set))).as("no recordings in " + DATA).isTrue();
    try (Stream<Path> all = Files.walk(DATA.resolve(set))) {
      return all.filter(f -> f.toString().endsWith(".csv")).sorted().toList();
    }
  }
}
