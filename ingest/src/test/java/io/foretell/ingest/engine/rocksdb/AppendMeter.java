package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.EchoStage;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Stage;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** Measures appends of 120-byte uplinks, and how long opening takes; run by hand. */
final class AppendMeter {
  private static final int DEVICES = 1000;

  private AppendMeter() {}

  /**
   * @param args folder, entries, in flight, and {@code stage} to host one with a sink
   */
  public static void main(String[] args) throws Exception {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    int count = Integer.parseInt(args[1]);
    int inFlight = Integer.parseInt(args[2]);
    boolean stage = args.length > 3;
    long opening = System.nanoTime();
    RocksEngine engine =
        new RocksEngine(Path.of(args[0]), RocksEngineOptions.defaults(), InstantSource.system());
    engine.lane(Topics.UPLINK);
    if (stage) {
      engine.host("pass", Topics.UPLINK, new PassStage());
      engine.attach("none", Topics.TELEMETRY, batch -> CompletableFuture.completedFuture(null));
    }
    engine.start();
    out.printf("opened in %d ms%n", (System.nanoTime() - opening) / 1_000_000);
    DeviceId[] devices = new DeviceId[DEVICES];
    for (int d = 0; d < DEVICES; d++) {
      devices[d] = new DeviceId("acme", "veh%06d".formatted(d));
    }
    for (int round = 0; round < 4; round++) {
      run(engine, devices, count, inFlight, stage, out);
    }
    long closing = System.nanoTime();
    engine.close();
    out.printf("closed in %d ms%n", (System.nanoTime() - closing) / 1_000_000);
  }

  private static void run(
      RocksEngine engine,
      DeviceId[] devices,
      int count,
      int inFlight,
      boolean stage,
      PrintStream out) {
    Semaphore room = new Semaphore(inFlight);
    RocksEngineStats before = engine.stats();
    long cpu = cpu();
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      room.acquireUninterruptibly();
      long now = System.currentTimeMillis();
      Uplink uplink = new Uplink(UplinkKind.TELEMETRY, now, "", "mqtt", new byte[120]);
      engine
          .lane(Topics.UPLINK)
          .append(devices[i % DEVICES], now, uplink)
          .whenComplete((position, failure) -> room.release());
    }
    room.acquireUninterruptibly(inFlight);
    while (stage && engine.lag("pass") > 0) {
      LockSupport.parkNanos(1_000_000);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    RocksEngineStats after = engine.stats();
    long groups = after.syncedGroups() - before.syncedGroups();
    out.printf(
        "%,d appends/s, %.2f CPU-us each, %d a group, %.0f us a group%n",
        (long) (count / seconds),
        (cpu() - cpu) / 1e3 / count,
        count / Math.max(1, groups),
        (after.writeNanos() - before.writeNanos()) / 1e3 / Math.max(1, groups));
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static final class PassStage implements Stage<Long, Uplink> {
    @Override
    public Long initial(DeviceId key) {
      return 0L;
    }

    @Override
    public Long apply(Long state, Entry<Uplink> entry, Emit out) {
      out.to(
          Topics.TELEMETRY,
          entry.key(),
          new io.foretell.proto.Telemetry.Presence(entry.at(), true, "mqtt", ""));
      return state + 1;
    }

    @Override
    public Long tick(Long state, DeviceId key, long at, Emit out) {
      return state;
    }

    @Override
    public long wakeAt(Long state) {
      return NEVER;
    }

    @Override
    public io.foretell.proto.Codec<Long> codec() {
      return new EchoStage().codec();
    }
  }
}
