package io.foretell.app.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.app.Stores;
import io.foretell.app.erasure.SqlLaneKeys;
import io.foretell.app.records.Records;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.ingest.engine.Filling;
import io.foretell.ingest.engine.Resting;
import io.foretell.ingest.engine.kafka.FillingTopics;
import io.foretell.ingest.engine.kafka.KafkaEngine;
import io.foretell.ingest.engine.kafka.KafkaEngineOptions;
import io.foretell.ingest.engine.kafka.LaneKey;
import io.foretell.ingest.engine.kafka.RestingTopics;
import io.foretell.ingest.engine.rocksdb.FillingStore;
import io.foretell.ingest.engine.rocksdb.RestingStore;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngineOptions;
import io.foretell.proto.Await;
import io.foretell.proto.Codec;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Engine;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.Lane;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Sink;
import io.foretell.proto.Stage;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.wire.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lanes, states and readers that move between both engines, with what is hard about places. */
final class LaneMoveTest {
  private static final int PARTITIONS = 2;
  private static final long HOUR = 3_600_000;
  private static final List<DeviceId> DEVICES =
      List.of(DeviceId.parse("a"), DeviceId.parse("b"), DeviceId.parse("c"), DeviceId.parse("old"));

  private static final DeviceId GONE = DeviceId.parse("gone");

  @TempDir Path folder;
  private final HandClock clock = new HandClock(1_800_000_000_000L);
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private volatile boolean takes = true;
  private Records records;
  private SqlLaneKeys keys;

  @BeforeEach
  void openKeys() {
    records = Records.open(folder);
    GatewaySchema.migrate(records.source());
    keys =
        new SqlLaneKeys(
            records.source(), new byte[LaneKey.BYTES], 100, Duration.ZERO, InstantSource.system());
    keys.start();
  }

  @AfterEach
  void closeKeys() {
    keys.close();
    records.close();
  }

  /** Counts the uplinks of a device; every third is a reject, and a silent minute counts 1000. */
  private static final class Counting implements Stage<long[], Uplink> {
    @Override
    public long[] initial(DeviceId key) {
      return new long[] {0, NEVER};
    }

    @Override
    public long[] apply(long[] state, Entry<Uplink> entry, Emit out) {
      state[0]++;
      state[1] = entry.at() + 60_000;
      if (state[0] % 3 == 0) {
        out.to(Topics.REJECTS, entry.key(), reject(entry));
      }
      return state;
    }

    private static Reject reject(Entry<Uplink> entry) {
      return new Reject(
          entry.at(),
          ReasonCode.WRONG_SHAPE,
          "the third",
          "test",
          "here",
          "",
          entry.value().payload(),
          Optional.of(entry.position()));
    }

    @Override
    public long[] tick(long[] state, DeviceId key, long at, Emit out) {
      state[0] += 1000;
      state[1] = NEVER;
      return state;
    }

    @Override
    public long wakeAt(long[] state) {
      return state[1];
    }

    @Override
    public Codec<long[]> codec() {
      return new Codec<>() {
        @Override
        public byte[] encode(long[] value) {
          return ByteBuffer.allocate(16).putLong(value[0]).putLong(value[1]).array();
        }

        @Override
        public long[] decode(byte[] bytes) {
          ByteBuffer in = ByteBuffer.wrap(bytes);
          return new long[] {in.getLong(), in.getLong()};
        }
      };
    }
  }

  @Test
  void lanes_whoseBeginningIsGone_andWhoseReadersAreBehind_moveThereAndBack() {
    Path first = folder.resolve("first");
    Map<DeviceId, Long> counted = embedded(first);
    KafkaEngineOptions topics =
        KafkaEngineOptions.of(KafkaBroker.shared().bootstrap(), folder.resolve("streams"))
            .withTopics("lanemove-" + ProcessHandle.current().pid(), PARTITIONS, 1);

    try (Resting from = RestingStore.open(first);
        Filling to =
            FillingTopics.in(topics, Stores.ALL_LANES, List.of(Stores.STAGE), "test", keys)) {
      move(from, to, false);
    }
    distributed(topics, counted);

    Path back = folder.resolve("back");
    try (Resting from = RestingTopics.open(topics, Stores.ALL_LANES, keys);
        Filling to = FillingStore.in(back, from.partitions())) {
      move(from, to, true);
    }
    RocksEngine engine = new RocksEngine(back, options(), clock);
    host(engine);
    taken.clear();
    engine.start();
    try {
      settled(engine);
      assertThat(states(engine)).isEqualTo(counted);
      // Five were erased before they moved to the topics, four on them.
      assertThat(ever(engine)).isEqualTo(124 + 5 + 4);
      assertThat(taken).isEmpty();
      assertRejectsFindTheirUplinks(engine);
      append(engine, DEVICES.get(0), 1);
      settled(engine);
      assertThat(states(engine).get(DEVICES.get(0))).isEqualTo(counted.get(DEVICES.get(0)) + 1);
    } finally {
      engine.close();
    }
  }

  /** Some uplinks are too old to be kept; the last commands were not taken by the sink. */
  private Map<DeviceId, Long> embedded(Path dir) {
    RocksEngine engine = new RocksEngine(dir, options(), clock);
    host(engine);
    engine.start();
    try {
      DEVICES.forEach(device -> append(engine, device, 20));
      command(engine, "c", 5);
      settled(engine);
      Await.until("commands are taken", () -> taken.size() == 5);
      clock.to(clock.millis() + 2 * HOUR);
      engine.advance();
      append(engine, GONE, 3);
      DEVICES.subList(0, 3).forEach(device -> append(engine, device, 10));
      append(engine, GONE, 2);
      settled(engine);
      engine.trim();
      Await.until("the oldest are dropped", () -> begin(engine) == 80);
      assertThat(engine.erase(GONE, Duration.ofSeconds(30))).containsEntry("uplink", 5L);
      takes = false;
      command(engine, "late", 3);
      assertThat(taken).hasSize(5);
      return states(engine);
    } finally {
      engine.close();
      takes = true;
    }
  }

  private void distributed(KafkaEngineOptions topics, Map<DeviceId, Long> counted) {
    KafkaEngine engine = new KafkaEngine(topics, clock, keys);
    host(engine);
    taken.clear();
    engine.start();
    try {
      Await.until("what was not taken", () -> taken.size() == 3);
      assertThat(taken).containsExactlyInAnyOrder("late0", "late1", "late2");
      assertThat(states(engine)).isEqualTo(counted);
      // Those that were erased count as before: topics have no places for them.
      assertThat(engine.before(engine.lane(Topics.UPLINK))).isEqualTo(80 + 5);
      assertThat(begin(engine)).isZero();
      assertRejectsFindTheirUplinks(engine);
      // One transaction a time, so that rejects have gaps.
      for (int i = 0; i < 6; i++) {
        append(engine, DEVICES.get(0), 1);
        settled(engine);
      }
      append(engine, DEVICES.get(3), 8);
      settled(engine);
      counted.merge(DEVICES.get(0), 6L, Long::sum);
      counted.merge(DEVICES.get(3), 8L, Long::sum);
      assertThat(states(engine)).isEqualTo(counted);
      append(engine, GONE, 4);
      settled(engine);
      assertThat(engine.erase(GONE, Duration.ofSeconds(30))).containsEntry("uplink", 4L);
      assertThat(states(engine)).isEqualTo(counted);
      assertRejectsFindTheirUplinks(engine);
    } finally {
      engine.close();
    }
  }

  private void move(Resting from, Filling to, boolean embedded) {
    Tallies source = new Tallies("move", (step, kind, rows, done) -> {});
    Tallies target = new Tallies("verify", (step, kind, rows, done) -> {});
    new LaneMove(from, to, source, embedded).run();
    try (Resting filled = to.filled()) {
      LaneMove.readBack(filled, target, embedded);
    }
    assertThat(source.against(target)).allMatch(Report.Kind::same);
    from.requireUnchanged();
    to.finish();
  }

  private static RocksEngineOptions options() {
    return RocksEngineOptions.defaults()
        .withPartitions(PARTITIONS)
        .withRetention("uplink", Duration.ofHours(1));
  }

  private void host(Engine engine) {
    engine.host(Stores.STAGE, Topics.UPLINK, new Counting());
    Sink<Command> sink = this::take;
    engine.attach("downlink", Topics.COMMANDS, sink);
  }

  private CompletionStage<?> take(List<Entry<Command>> batch) {
    if (!takes) {
      return CompletableFuture.failedFuture(new IllegalStateException("not now"));
    }
    batch.forEach(entry -> taken.add(entry.value().id()));
    return CompletableFuture.completedFuture(null);
  }

  private void append(Engine engine, DeviceId device, int count) {
    List<CompletionStage<Position>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long at = clock.millis();
      byte[] payload = (device + " " + at + " " + System.nanoTime()).getBytes(UTF_8);
      all.add(
          engine
              .lane(Topics.UPLINK)
              .append(device, at, new Uplink(UplinkKind.TELEMETRY, at, "", "test", payload)));
    }
    all.forEach(Await::done);
  }

  private void command(Engine engine, String name, int count) {
    for (int i = 0; i < count; i++) {
      Command command = new Command(name + i, "reboot", "{}", 0, 1, List.of(), "user:test");
      Await.done(engine.lane(Topics.COMMANDS).append(DEVICES.get(i % 3), clock.millis(), command));
    }
  }

  private static void settled(Engine engine) {
    Await.until("all is folded", () -> engine.lag(Stores.STAGE) == 0);
  }

  private static Map<DeviceId, Long> states(Engine engine) {
    Map<DeviceId, Long> states = new TreeMap<>();
    engine.eachState(Stores.STAGE, long[].class, (device, state) -> states.put(device, state[0]));
    return states;
  }

  private static long begin(Engine engine) {
    Lane<Uplink> lane = engine.lane(Topics.UPLINK);
    long sum = 0;
    for (int p = 0; p < PARTITIONS; p++) {
      sum += lane.begin(p);
    }
    return sum;
  }

  private static long ever(Engine engine) {
    Lane<Uplink> lane = engine.lane(Topics.UPLINK);
    long sum = 0;
    for (int p = 0; p < PARTITIONS; p++) {
      sum += lane.end(p);
    }
    return sum;
  }

  /** A reject tells the place of its uplink, which has the same bytes, or none at all. */
  private static void assertRejectsFindTheirUplinks(Engine engine) {
    Lane<Reject> rejects = engine.lane(Topics.REJECTS);
    int found = 0;
    for (int p = 0; p < PARTITIONS; p++) {
      for (Entry<Reject> reject : rejects.read(p, rejects.begin(p), 1000)) {
        if (reject.value().from().isPresent()) {
          Position from = reject.value().from().get();
          Entry<Uplink> uplink =
              engine.lane(Topics.UPLINK).read(from.partition(), from.offset(), 1).get(0);
          assertThat(uplink.position()).isEqualTo(from);
          assertThat(uplink.value().payload()).isEqualTo(reject.value().payload());
          found++;
        }
      }
    }
    assertThat(found).isPositive();
  }
}
