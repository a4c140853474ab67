package io.foretell.bench;

import io.foretell.ingest.history.rocksdb.RocksHistory;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * What the embedded history takes on disk, all files of it, once it is closed: three signals of a
 * device at a fixed period, each a slow walk in tenths.
 */
@Command(name = "history", description = "Bytes per sample of the history on disk.")
final class HistoryCommand implements Callable<Integer> {
  private static final List<String> NAMES = List.of("coolant", "rpm", "oil.pressure");
  private static final int DEVICES = 2_000;
  private static final int ROUNDS = 600;
  private static final long FIRST = 1_795_000_000_000L;
  private static final long PERIOD = 1_000;
  private static final long PATIENCE_SECONDS = 60;

  @Mixin private Setting setting = new Setting();

  HistoryCommand() {}

  HistoryCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws InterruptedException {
    setting.print(rows());
    return 0;
  }

  List<Row> rows() throws InterruptedException {
    Path folder = setting.fresh("history");
    RocksHistory history = new RocksHistory(folder);
    history.start();
    double cpu = Machine.ownSeconds();
    try {
      write(history);
    } finally {
      history.close();
    }
    cpu = Machine.ownSeconds() - cpu;
    long samples = (long) DEVICES * ROUNDS * NAMES.size();
    return List.of(
        Row.atMost(
            "history on disk, fixed period",
            6,
            (double) size(folder) / samples,
            "bytes/sample",
            "%,d samples of %,d series, values in tenths; %s CPU-s per million samples, with making them"
                .formatted(samples, DEVICES * NAMES.size(), Row.number(cpu * 1e6 / samples))));
  }

  private static void write(RocksHistory history) throws InterruptedException {
    Random random = new Random(1);
    int[][] tenths = new int[DEVICES][NAMES.size()];
    for (int round = 0; round < ROUNDS; round++) {
      List<Entry<Telemetry>> batch = new ArrayList<>(DEVICES);
      for (int d = 0; d < DEVICES; d++) {
        batch.add(message(d, FIRST + round * PERIOD + d % PERIOD, tenths[d], random));
      }
      try {
        history.write(batch).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException("the history does not take a batch", e);
      }
    }
  }

  private static Entry<Telemetry> message(int d, long time, int[] tenths, Random random) {
    List<long[]> times = new ArrayList<>(tenths.length);
    List<double[]> values = new ArrayList<>(tenths.length);
    for (int s = 0; s < tenths.length; s++) {
      tenths[s] += random.nextInt(5) - 2;
      times.add(new long[] {time});
      values.add(new double[] {(900 + tenths[s]) / 10.0});
    }
    return new Entry<>(
        new Position("uplink", 0, 0),
        0,
        new DeviceId("bench", "truck-" + d),
        time,
        new Telemetry.Signals(time, NAMES, times, values));
  }

  private static long size(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
