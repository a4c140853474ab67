package io.foretell.ingest.history.rocksdb;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Telemetry;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that writes until it is killed. Its arguments are the folder and the number of the
 * first batch; it says the number of each batch when that is safe.
 */
final class KilledWriter {
  static final int DEVICES = 40;
  static final long T = 1_795_308_448_257L;

  private KilledWriter() {}

  public static void main(String[] args) throws Exception {
    // Little memory and journal: every mechanism is at work whenever the process dies.
    RocksHistory history = new RocksHistory(Path.of(args[0]), 40_000, 20_000);
    history.start();
    PrintStream said = new PrintStream(System.out, true);
    for (int batch = Integer.parseInt(args[1]); ; batch++) {
      List<Entry<Telemetry>> entries = new ArrayList<>();
      for (int d = 0; d < DEVICES; d++) {
        entries.add(
            Batches.entry(
                device(d), "x", new long[] {time(batch)}, new double[] {value(batch, d)}));
      }
      history.write(entries).toCompletableFuture().get(60, TimeUnit.SECONDS);
      said.println(batch);
    }
  }

  static DeviceId device(int d) {
    return new DeviceId("acme", "truck-" + d);
  }

  /** Every seventh batch is late. */
  static long time(int batch) {
    return T + batch * 1_000L - (batch % 7 == 0 ? 200_500 : 0);
  }

  static double value(int batch, int d) {
    return batch + d / 100.0;
  }
}
