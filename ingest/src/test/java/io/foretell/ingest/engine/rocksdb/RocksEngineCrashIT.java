package io.foretell.ingest.engine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.ingest.engine.EchoStage;
import io.foretell.proto.Await;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.Lane;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there, whatever becomes of the process and the disk. */
class RocksEngineCrashIT {
  private static final int ROUNDS = 8;

  @TempDir Path dir;

  @Test
  @Timeout(value = 600)
  void engine_killed_at_any_moment_keeps_all_that_it_acknowledged() throws Exception {
    Random random = new Random(20261122);
    Map<String, Map<String, Integer>> acked = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      String word = "round" + round;
      Process caller = caller(word);
      Set<String> said = new HashSet<>();
      try (BufferedReader lines = lines(caller)) {
        int until = 1 + random.nextInt(6000);
        for (int i = 0; i < until; i++) {
          said.add(String.valueOf(lines.readLine()));
        }
        // Not Process.destroyForcibly, which would close what it has said already.
        caller.toHandle().destroyForcibly();
        lines.lines().forEach(said::add);
      }
      assertThat(caller.waitFor(60, TimeUnit.SECONDS)).isTrue();
      acked.put(word, lastOfEach(said));
    }

    assertNothingLost(acked);
  }

  @Test
  @Timeout(value = 600)
  void disk_that_takes_no_more_stops_acknowledgement_until_it_does() throws Exception {
    Process caller = caller("full");
    Set<String> said = new HashSet<>();
    try (BufferedReader lines = lines(caller)) {
      await(lines, said, "ack", 3000);
      limitFiles(caller, "1");
      await(lines, said, "fail", 2000);
      limitFiles(caller, "unlimited");
      await(lines, said, "ack", 1);
      await(lines, said, "ack", 3000);
      caller.getOutputStream().close();
      lines.lines().forEach(said::add);
    }
    assertThat(caller.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).anyMatch(line -> line.startsWith("fail"));

    RocksEngine engine = reopened();
    try {
      Set<String> kept = new HashSet<>();
      for (Entry<String> entry : all(engine.lane(EchoStage.CALLS))) {
        String number = entry.value().substring(entry.value().indexOf('/') + 1);
        assertThat(kept.add("ack " + entry.key().device() + " " + number)).isTrue();
      }
      assertThat(kept).containsAll(said.stream().filter(line -> line.startsWith("ack")).toList());
      assertEchoed(engine);
    } finally {
      engine.close();
    }
  }

  private static void await(BufferedReader lines, Set<String> said, String word, int count)
      throws IOException {
    int seen = 0;
    while (seen < count) {
      String line = String.valueOf(lines.readLine());
      said.add(line);
      assertThat(line).isNotEqualTo("null");
      if (line.startsWith(word)) {
        seen++;
      }
    }
  }

  // Every write that makes a file larger fails from now on, as it does where a disk is full.
  private static void limitFiles(Process process, String bytes) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                "prlimit", "--pid", "" + process.pid(), "--fsize=" + bytes + ":unlimited")
            .redirectErrorStream(true)
            .start();
    String said = new String(prlimit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(prlimit.waitFor()).as("prlimit, of package util-linux: " + said).isZero();
  }

  private void assertNothingLost(Map<String, Map<String, Integer>> acked) {
    RocksEngine engine = reopened();
    try {
      Map<String, Map<String, Integer>> kept = new HashMap<>();
      for (Entry<String> entry : all(engine.lane(EchoStage.CALLS))) {
        String[] parts = entry.value().split("/");
        int n = Integer.parseInt(parts[1]);
        Integer before =
            kept.computeIfAbsent(parts[0], word -> new HashMap<>()).put(entry.key().device(), n);
        assertThat(n).as(parts[0] + " " + entry.key()).isEqualTo(before == null ? 0 : before + 1);
      }
      acked.forEach(
          (word, ofEach) ->
              ofEach.forEach(
                  (device, n) -> assertThat(kept.get(word).get(device)).isGreaterThanOrEqualTo(n)));
      assertEchoed(engine);
    } finally {
      engine.close();
    }
  }

  /** Each entry was folded once, in order, and echoed once. */
  private static void assertEchoed(RocksEngine engine) {
    Await.until("all are folded", () -> engine.lag("echo") == 0);
    Map<String, List<String>> calls = ofEach(all(engine.lane(EchoStage.CALLS)));
    Map<String, List<String>> echoes = ofEach(all(engine.lane(EchoStage.ECHOES)));
    assertThat(echoes.keySet()).isEqualTo(calls.keySet());
    calls.forEach(
        (device, values) -> {
          List<String> expected = new ArrayList<>();
          for (int i = 0; i < values.size(); i++) {
            expected.add(i + ":" + values.get(i));
          }
          assertThat(echoes.get(device)).isEqualTo(expected);
        });
  }

  private static Map<String, List<String>> ofEach(List<Entry<String>> entries) {
    Map<String, List<String>> ofEach = new HashMap<>();
    for (Entry<String> entry : entries) {
      ofEach.computeIfAbsent(entry.key().device(), device -> new ArrayList<>()).add(entry.value());
    }
    return ofEach;
  }

  private static Map<String, Integer> lastOfEach(Set<String> said) {
    Map<String, Integer> last = new HashMap<>();
    for (String line : said) {
      String[] words = line.split(" ");
      // The line that was being said when it died may be cut short.
      if (words.length == 3 && words[0].equals("ack") && words[2].matches("[0-9]+")) {
        last.merge(words[1], Integer.parseInt(words[2]), Math::max);
      }
    }
    return last;
  }

  private RocksEngine reopened() {
    RocksEngine engine = new RocksEngine(dir, RocksEngineOptions.defaults(), new HandClock(0));
    engine.host("echo", EchoStage.CALLS, new EchoStage());
    engine.lane(EchoStage.ECHOES);
    engine.start();
    return engine;
  }

  private Process caller(String word) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Caller.class.getName(),
            dir.toString(),
            word)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static <T> List<Entry<T>> all(Lane<T> lane) {
    List<Entry<T>> all = new ArrayList<>();
    for (int p = 0; p < lane.partitions(); p++) {
      long next = lane.begin(p);
      while (next < lane.end(p)) {
        List<Entry<T>> page = lane.read(p, next, 1000);
        assertThat(page.get(0).position().offset()).isEqualTo(next);
        all.addAll(page);
        next += page.size();
      }
    }
    return all;
  }
}
