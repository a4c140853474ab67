package io.foretell.bench;

import io.foretell.bench.server.HistoryServer;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.ingest.history.influx.InfluxHistory;
import io.foretell.ingest.history.influx.InfluxSettings;
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
 * What a history takes on disk, all files of it, once it is closed or at rest, and how fast it
 * takes samples: three signals of a device at a fixed period, each a slow walk in tenths.
 */
@Command(
    name = "history",
    description = "Samples a second and bytes per sample of the embedded history and of servers.")
final class HistoryCommand implements Callable<Integer> {
  private static final List<String> NAMES = List.of("coolant", "rpm", "oil.pressure");
  private static final int DEVICES = 2_000;
  private static final int ROUNDS = 600;
  private static final long FIRST = 1_795_000_000_000L;
  private static final long PERIOD = 1_000;
  private static final long SAMPLES = (long) DEVICES * ROUNDS * NAMES.size();
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
    List<Row> rows = new ArrayList<>(embedded());
    for (Store store : List.<Store>of(HistoryServer::influx, HistoryServer::victoriaMetrics)) {
      rows.addAll(beside(store));
    }
    return rows;
  }

  /** Starts a server with its data in a folder, on some cores. */
  private interface Store {
    HistoryServer start(Path folder, String cores);
  }

  private List<Row> embedded() throws InterruptedException {
    Path folder = setting.fresh("history");
    RocksHistory history = new RocksHistory(folder);
    history.start();
    double cpu = Machine.ownSeconds();
    long begun = System.nanoTime();
    double seconds;
    try {
      write(history);
      seconds = (System.nanoTime() - begun) / 1e9;
    } finally {
      history.close();
    }
    cpu = Machine.ownSeconds() - cpu;
    return List.of(
        Row.atMost(
            "history on disk, fixed period",
            6,
            (double) size(folder) / SAMPLES,
            "bytes/sample",
            "%,d samples of %,d series, values in tenths; %s CPU-s per million samples, with making them"
                .formatted(SAMPLES, DEVICES * NAMES.size(), Row.number(cpu * 1e6 / SAMPLES))),
        Row.plain(
            "history, embedded, one writer",
            SAMPLES / seconds,
            "samples/s",
            "batches of %,d messages, one after the other".formatted(DEVICES)));
  }

  private List<Row> beside(Store store) throws InterruptedException {
    Path folder = setting.fresh("history-server");
    try (HistoryServer server = store.start(folder, setting.serverCores);
        InfluxHistory history = new InfluxHistory(InfluxSettings.open(server.url(), "foretell"))) {
      history.start();
      double own = Machine.ownSeconds();
      double servers = server.cpuSeconds();
      long begun = System.nanoTime();
      write(history);
      double seconds = (System.nanoTime() - begun) / 1e9;
      own = (Machine.ownSeconds() - own) * 1e6 / SAMPLES;
      long bytes = server.restingBytes();
      servers = (server.cpuSeconds() - servers) * 1e6 / SAMPLES;
      return List.of(
          Row.plain(
              "history in " + server.name() + ", fixed period",
              (double) bytes / SAMPLES,
              "bytes/sample",
              "the same samples, all its files at rest"),
          Row.plain(
              "history in " + server.name() + ", one writer",
              SAMPLES / seconds,
              "samples/s",
              "CPU-s per million samples: %s of ours with making them, %s of the server, which has a core"
                  .formatted(Row.number(own), Row.number(servers))));
    }
  }

  private static void write(KeptHistory history) throws InterruptedException {
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
