package io.foretell.ingest.engine.rocksdb;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.ingest.engine.AlarmStage;
import io.foretell.ingest.engine.EchoStage;
import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.Health;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import io.foretell.proto.Sink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

class RocksEngineTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck");
  private static final long DAY = Duration.ofDays(1).toMillis();

  @TempDir Path dir;

  private final HandClock clock = new HandClock(0);
  private final List<RocksEngine> opened = new ArrayList<>();

  @AfterEach
  void close_all() {
    opened.forEach(RocksEngine::close);
  }

  @Test
  void store_of_a_later_format_is_refused_with_what_to_do() throws Exception {
    started(options()).close();
    Store store = new Store(dir);
    store.open(List.of());
    put(store, Keys.FORMAT, "3".getBytes(UTF_8));
    store.close();

    assertThatExceptionOfType(StoreRefusedException.class)
        .isThrownBy(() -> started(options()))
        .withMessageContaining("format 3")
        .withMessageContaining("up to 2")
        .withMessageContaining("later version");
  }

  @Test
  void store_of_the_format_before_is_read_goes_on_and_is_of_this_format_then() throws Exception {
    RocksEngine engine = started(options());
    int partition = append(engine, 0).partition();
    append(engine, 1);
    append(engine, 2);
    engine.close();
    Store store = new Store(dir);
    store.open(List.of());
    Store.Family family = store.family("lane/calls/" + partition);
    store.write(db -> oneByOne(store, db, family));
    put(store, Keys.FORMAT, "1".getBytes(UTF_8));
    store.close();

    RocksEngine again = started(options());
    assertThat(append(again, 3)).isEqualTo(new Position("calls", partition, 3));
    again.close();
    Store after = new Store(dir);
    after.open(List.of());
    assertThat(after.meta(Keys.FORMAT)).isEqualTo("2".getBytes(UTF_8));
    after.close();
    assertThat(started(options()).lane(CALLS).read(partition, 0, 10))
        .extracting(Entry::value)
        .containsExactly("day 0", "day 1", "day 2", "day 3");
  }

  /** A value was one record, before there were chunks. */
  private static boolean oneByOne(Store store, RocksDB db, Store.Family family)
      throws RocksDBException {
    try (RocksIterator chunks = store.iterator(family)) {
      for (chunks.seekToFirst(); chunks.isValid(); chunks.next()) {
        Chunks.Walk walk = new Chunks.Walk(chunks.value());
        long offset = Keys.number(chunks.key()) - walk.count() + 1;
        while (walk.hasNext()) {
          db.put(family.handle(), Keys.number(offset++), walk.next());
        }
      }
    }
    return true;
  }

  @Test
  void retention_may_begin_in_the_middle_of_what_was_written_together() {
    RocksEngineOptions kept = options().withRetention("calls", Duration.ofDays(7));
    RocksEngine engine = started(kept);
    List<CompletionStage<Position>> appends = new ArrayList<>();
    for (int day = 0; day < 200; day++) {
      appends.add(engine.lane(CALLS).append(TRUCK, day * DAY, "day " + day));
    }
    int partition = appends.get(0).toCompletableFuture().join().partition();
    appends.forEach(append -> append.toCompletableFuture().join());
    clock.to(107 * DAY);

    engine.trim();

    Await.until("it is dropped", () -> engine.lane(CALLS).begin(partition) == 100);
    engine.close();
    RocksEngine again = started(kept);
    assertThat(again.lane(CALLS).begin(partition)).isEqualTo(100);
    assertThat(again.lane(CALLS).read(partition, 0, 1000))
        .extracting(Entry::value)
        .startsWith("day 100", "day 101")
        .hasSize(100);
    assertThat(again.lane(CALLS).read(partition, 150, 2))
        .extracting(Entry::value)
        .containsExactly("day 150", "day 151");
  }

  @Test
  void store_in_use_is_refused_with_what_to_do() {
    started(options());

    assertThatExceptionOfType(StoreRefusedException.class)
        .isThrownBy(() -> started(options()))
        .withMessageContaining("in use by another process");
  }

  @Test
  void partitions_stay_what_they_were_at_first() {
    started(options().withPartitions(3)).close();

    assertThat(started(options().withPartitions(8)).lane(CALLS).partitions()).isEqualTo(3);
  }

  @Test
  void retention_drops_what_is_older_and_the_lane_goes_on_from_there() {
    RocksEngineOptions kept = options().withRetention("calls", Duration.ofDays(7));
    RocksEngine engine = started(kept);
    int partition = append(engine, 0).partition();
    for (int day = 1; day < 20; day++) {
      append(engine, day);
    }
    clock.to(20 * DAY);

    engine.trim();

    Await.until("it is dropped", () -> engine.lane(CALLS).begin(partition) == 13);
    assertThat(engine.lane(CALLS).read(partition, 0, 100))
        .extracting(Entry::value)
        .startsWith("day 13")
        .hasSize(7);
    engine.close();
    RocksEngine again = started(kept);
    assertThat(again.lane(CALLS).begin(partition)).isEqualTo(13);
    assertThat(append(again, 20).offset()).isEqualTo(20);
  }

  @Test
  void retention_of_all_leaves_an_empty_lane_that_goes_on_counting() {
    RocksEngineOptions kept = options().withRetention("calls", Duration.ofDays(1));
    RocksEngine engine = started(kept);
    int partition = append(engine, 0).partition();
    append(engine, 1);
    clock.to(100 * DAY);
    engine.trim();
    Await.until("it is dropped", () -> engine.lane(CALLS).begin(partition) == 2);
    engine.close();

    RocksEngine again = started(kept);

    assertThat(again.lane(CALLS).end(partition)).isEqualTo(2);
    assertThat(again.lane(CALLS).read(partition, 0, 10)).isEmpty();
    assertThat(append(again, 100).offset()).isEqualTo(2);
  }

  @Test
  void retention_leaves_what_a_sink_has_still_to_read() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    RocksEngine engine = engine(options().withRetention("calls", Duration.ofDays(7)));
    engine.attach("slow", CALLS, batch -> answer);
    engine.start();
    int partition = append(engine, 0).partition();
    append(engine, 1);
    clock.to(100 * DAY);

    engine.trim();
    append(engine, 100);
    assertThat(engine.lane(CALLS).begin(partition)).isZero();

    answer.complete(null);
    Await.until("the sink has all", () -> engine.lag("slow") == 0);
    engine.trim();
    Await.until("they are dropped", () -> engine.lane(CALLS).begin(partition) == 2);
  }

  @Test
  void append_beyond_the_bound_is_refused_at_once() {
    RocksEngine engine = started(options().withBounds(1, 10));
    CountDownLatch held = new CountDownLatch(1);
    CompletionStage<Position> first = heldAppend(engine, held);
    // The first counts until its callback has run, which waits for us.
    CompletionStage<Position> second = engine.lane(CALLS).append(TRUCK, 0, "second");

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> second.toCompletableFuture().join())
        .withCauseInstanceOf(LaneUnavailableException.class)
        .withMessageContaining("too many");
    held.countDown();
    Await.done(first);
    assertThat(engine.stats().refused()).isEqualTo(1);
  }

  @Test
  void stats_count_what_was_done() {
    RocksEngine engine = engine(options());
    engine.host("echo", CALLS, new EchoStage());
    engine.start();
    append(engine, 0);
    append(engine, 1);
    Await.until("they are folded", () -> engine.lag("echo") == 0);
    Await.until(
        "it is counted", () -> engine.stats().outputs() == 2 && engine.stats().inFlight() == 0);

    RocksEngineStats stats = engine.stats();
    assertThat(stats.appends()).isEqualTo(2);
    assertThat(stats.bytes()).isPositive();
    assertThat(stats.syncedGroups()).isBetween(2L, stats.groups());
    assertThat(stats.writeNanos()).isPositive();
    assertThat(stats.inFlight()).isZero();
    assertThat(stats.skipped()).isZero();
  }

  @Test
  void sink_that_fails_shows_in_the_health_until_it_takes_entries_again() {
    CountDownLatch mended = new CountDownLatch(1);
    Sink<String> sink =
        batch ->
            mended.getCount() == 0
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(new IllegalStateException("out of order"));
    RocksEngine engine = engine(options());
    engine.attach("desk", CALLS, sink);
    engine.start();
    append(engine, 0);

    Await.until("it shows", () -> codes(engine).contains("SINK_FAILING"));
    assertThat(engine.health().ready()).isTrue();
    mended.countDown();
    Await.until("it is over", () -> codes(engine).isEmpty() && engine.lag("desk") == 0);
  }

  @Test
  void close_without_start_does_nothing() {
    engine(options()).close();
  }

  @Test
  void many_devices_with_timers_all_tick_by_the_clock() {
    RocksEngine engine = engine(options().withPace(Duration.ofMillis(5), 64));
    engine.host("alarm", CALLS, new AlarmStage());
    engine.start();
    int devices = 2000;
    for (int d = 0; d < devices; d++) {
      engine.lane(CALLS).append(DeviceId.parse("d" + d), d % 100, "in 50");
    }
    Await.done(engine.lane(CALLS).append(TRUCK, 0, "in 10000"));
    Await.until("they are folded", () -> engine.lag("alarm") == 0);

    clock.to(1000);
    engine.advance();

    Await.until("they tick", () -> engine.stats().outputs() == devices);
    clock.to(20_000);
    engine.advance();
    Await.until("the last ticks", () -> engine.stats().outputs() == devices + 1);
  }

  private static List<String> codes(RocksEngine engine) {
    return engine.health().notices().stream().map(Health.Notice::code).toList();
  }

  /** An append whose callback, on the engine's thread, waits; so it counts as under way. */
  private static CompletionStage<Position> heldAppend(RocksEngine engine, CountDownLatch held) {
    Thread here = Thread.currentThread();
    while (true) {
      AtomicBoolean tooLate = new AtomicBoolean();
      CompletionStage<Position> append =
          engine
              .lane(CALLS)
              .append(TRUCK, 0, "first")
              .thenApply(
                  position -> {
                    if (Thread.currentThread() == here) {
                      tooLate.set(true);
                    } else {
                      awaitQuietly(held);
                    }
                    return position;
                  });
      if (!tooLate.get()) {
        return append;
      }
      Await.until("it no longer counts", () -> engine.stats().inFlight() == 0);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Position append(RocksEngine engine, int day) {
    return Await.done(engine.lane(CALLS).append(TRUCK, day * DAY, "day " + day));
  }

  private static void put(Store store, byte[] key, byte[] value) throws RocksDBException {
    store.write(
        db -> {
          db.put(key, value);
          return true;
        });
  }

  private static RocksEngineOptions options() {
    return RocksEngineOptions.defaults().withRetries(Duration.ofMillis(5), Duration.ofMillis(50));
  }

  private RocksEngine engine(RocksEngineOptions options) {
    RocksEngine engine = new RocksEngine(dir, options, clock);
    engine.lane(CALLS);
    opened.add(engine);
    return engine;
  }

  private RocksEngine started(RocksEngineOptions options) {
    RocksEngine engine = engine(options);
    engine.start();
    return engine;
  }
}
