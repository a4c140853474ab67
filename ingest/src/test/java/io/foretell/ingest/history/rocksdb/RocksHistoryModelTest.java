package io.foretell.ingest.history.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.History.Sample;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * The history against a sorted map: late, repeated and overwritten samples of several series, with
 * so little memory and journal that buffers go to tails and chunks all the time, and with restarts.
 */
final class RocksHistoryModelTest {
  private static final long T = 1_795_308_448_257L;
  private static final int SERIES = 12;

  private final Map<Integer, NavigableMap<Long, Double>> model = new HashMap<>();

  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void history_answers_like_a_sorted_map(@ForAll long seed) throws Exception {
    model.clear();
    Random random = new Random(seed);
    Path folder = Files.createTempDirectory("history");
    long memory = 1L << (10 + random.nextInt(8));
    long journal = 1L << (9 + random.nextInt(8));
    RocksHistory history = new RocksHistory(folder, memory, journal);
    try {
      history.start();
      for (int step = 0; step < 120; step++) {
        write(history, random, step);
        if (random.nextInt(25) == 0) {
          history.close();
          history = new RocksHistory(folder, memory, journal);
          history.start();
        }
        check(history, random, step);
      }
      for (int series = 0; series < SERIES; series++) {
        checkAll(history, series);
      }
    } finally {
      history.close();
      delete(folder);
    }
  }

  private void write(RocksHistory history, Random random, int step) throws Exception {
    List<Entry<Telemetry>> batch = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      int series = random.nextInt(SERIES);
      int n = 1 + random.nextInt(random.nextInt(6) == 0 ? 700 : 20);
      long back = random.nextInt(4) == 0 ? random.nextInt(step * 20 + 1) : 0;
      long time = T + (step * 20L - back) * 1000;
      long[] times = new long[n];
      double[] values = new double[n];
      for (int k = 0; k < n; k++) {
        times[k] = time;
        values[k] = random.nextBoolean() ? random.nextInt(100) / 10.0 : random.nextDouble();
        model.computeIfAbsent(series, s -> new TreeMap<>()).put(time, values[k]);
        time += random.nextInt(8) == 0 ? 1 + random.nextInt(5000) : 1000;
      }
      batch.add(Batches.entry(device(series), signal(series), times, values));
    }
    history.write(batch).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void check(RocksHistory history, Random random, int step) {
    int series = random.nextInt(SERIES);
    NavigableMap<Long, Double> expected = model.getOrDefault(series, new TreeMap<>());
    long since = T + random.nextInt(step * 20 + 10) * 1000L;
    long until = since + random.nextInt(300) * 1000L;
    int limit = 1 + random.nextInt(200);

    assertThat(history.read(device(series), signal(series), since, until, limit))
        .isEqualTo(samples(series, expected.subMap(since, until), limit));
    if (!expected.isEmpty()) {
      assertThat(history.latest(device(series)))
          .contains(
              new Sample(signal(series), expected.lastKey(), expected.lastEntry().getValue()));
    }
  }

  private void checkAll(RocksHistory history, int series) {
    NavigableMap<Long, Double> expected = model.getOrDefault(series, new TreeMap<>());
    assertThat(
            history.read(
                device(series), signal(series), Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE))
        .isEqualTo(samples(series, expected, Integer.MAX_VALUE));
  }

  private static List<Sample> samples(int series, Map<Long, Double> of, int limit) {
    return of.entrySet().stream()
        .limit(limit)
        .map(e -> new Sample(signal(series), e.getKey(), e.getValue()))
        .toList();
  }

  private static DeviceId device(int series) {
    return new DeviceId("acme", "d" + series % 3);
  }

  private static String signal(int series) {
    return "signal." + series;
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
