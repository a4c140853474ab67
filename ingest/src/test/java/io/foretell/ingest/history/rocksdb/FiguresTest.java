package io.foretell.ingest.history.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Telemetry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the embedded history costs: bytes a sample on disk; the rate is logged, not judged. */
final class FiguresTest {
  private static final Logger LOG = LoggerFactory.getLogger(FiguresTest.class);
  private static final long T = 1_795_308_448_257L;
  private static final List<String> NAMES = List.of("coolant", "rpm", "oil.pressure");

  @TempDir Path folder;

  @Test
  void fixed_period_takes_at_most_three_bytes_a_sample_on_disk() throws Exception {
    int devices = 2_000;
    int rounds = 600;
    RocksHistory history = new RocksHistory(folder);
    history.start();
    Random random = new Random(1);
    int[][] tenths = new int[devices][NAMES.size()];
    long began = System.nanoTime();
    long cpuBegan = cpu();
    for (int round = 0; round < rounds; round++) {
      List<Entry<Telemetry>> batch = new ArrayList<>(devices);
      for (int d = 0; d < devices; d++) {
        batch.add(message(d, T + round * 1_000L + d % 1_000, tenths[d], random));
      }
      history.write(batch).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double cpu = (cpu() - cpuBegan) / 1e9;
    history.close();

    long samples = (long) devices * rounds * NAMES.size();
    double perSample = (double) size() / samples;
    LOG.info(
        "{} samples in {} s ({}/s), {} CPU-s in all threads ({} samples/CPU-s), {} bytes a sample",
        samples,
        seconds,
        Math.round(samples / seconds),
        cpu,
        Math.round(samples / cpu),
        perSample);
    assertThat(perSample).isLessThan(3);
  }

  private static Entry<Telemetry> message(int d, long time, int[] tenths, Random random) {
    List<long[]> times = new ArrayList<>(tenths.length);
    List<double[]> values = new ArrayList<>(tenths.length);
    for (int s = 0; s < tenths.length; s++) {
      tenths[s] += random.nextInt(5) - 2;
      times.add(new long[] {time});
      values.add(new double[] {(900 + tenths[s]) / 10.0});
    }
    return Batches.entry(new DeviceId("acme", "truck-" + d), NAMES, times, values);
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private long size() throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      long size = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
      return size;
    }
  }
}
