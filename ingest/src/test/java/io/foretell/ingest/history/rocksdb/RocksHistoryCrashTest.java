package io.foretell.ingest.history.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.History.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process dies at any moment (kill -9): what was acknowledged is there. */
final class RocksHistoryCrashTest {
  @TempDir Path folder;

  @Test
  void batch_that_completed_is_there_after_the_process_was_killed() throws Exception {
    Random random = new Random(3);
    int next = 0;
    for (int round = 0; round < 5; round++) {
      next = writeAndKill(next, 150 + random.nextInt(400)) + 1;
      check(next);
    }
  }

  private int writeAndKill(int first, int batches) throws IOException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                folder.toString(),
                String.valueOf(first))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int last = first - 1;
    try (BufferedReader said = writer.inputReader(StandardCharsets.UTF_8)) {
      String line = said.readLine();
      while (line != null) {
        if (line.chars().allMatch(Character::isDigit)) {
          last = Integer.parseInt(line);
          if (last == first + batches) {
            // By its handle, which leaves the pipe open: what was said before the end counts.
            writer.toHandle().destroyForcibly();
          }
        }
        line = said.readLine();
      }
    } finally {
      writer.destroyForcibly();
      writer.onExit().join();
    }
    assertThat(last).isGreaterThanOrEqualTo(first + batches);
    return last;
  }

  private void check(int batches) {
    RocksHistory history = new RocksHistory(folder, 40_000, 20_000);
    try {
      history.start();
      for (int d = 0; d < KilledWriter.DEVICES; d++) {
        List<Sample> all =
            history.read(KilledWriter.device(d), "x", 0, Long.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(a.t(), b.t()));
        Map<Long, Double> found = new HashMap<>();
        all.forEach(sample -> found.put(sample.t(), sample.value()));
        assertThat(found).hasSameSizeAs(all);
        for (int batch = 0; batch < batches; batch++) {
          assertThat(found).containsEntry(KilledWriter.time(batch), KilledWriter.value(batch, d));
        }
      }
    } finally {
      history.close();
    }
  }
}
