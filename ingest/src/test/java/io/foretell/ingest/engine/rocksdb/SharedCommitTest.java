package io.foretell.ingest.engine.rocksdb;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.ingest.engine.EchoStage;
import io.foretell.proto.Await;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passes over a stream that does not pause: their sinks are served at once, one commit has all. */
final class SharedCommitTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck");
  private static final Topic<String> HEARD = Topic.pass("heard");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final RocksEngineOptions OPTIONS =
      RocksEngineOptions.defaults().withPartitions(1).withPace(Duration.ZERO, 4096);

  @TempDir Path dir;

  private final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
  private final CountDownLatch folding = new CountDownLatch(1);
  private final CountDownLatch foldingSecond = new CountDownLatch(1);
  private final CountDownLatch more = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);
  private final CompletableFuture<Void> taken = new CompletableFuture<>();

  private RocksEngine engine;

  @BeforeEach
  void start() {
    engine = started();
  }

  @AfterEach
  void close() {
    second.countDown();
    taken.complete(null);
    engine.close();
  }

  @Test
  void pass_before_another_serves_its_sinks_and_commits_with_it() {
    passWithOneBehindIt();
    taken.complete(null);

    await(foldingSecond);
    assertThat(heard).containsExactly("0:first");
    assertThat(engine.lag("counting")).as("not finished").isEqualTo(2);
    assertThat(engine.stats().passes()).as("commits").isZero();
    assertThat(engine.state("counting", TRUCK, Long.class)).as("committed").isEmpty();

    second.countDown();
    Await.until("the second is folded", () -> engine.lag("counting") == 0);
    assertThat(engine.state("counting", TRUCK, Long.class)).hasValue(2L);
    Await.until("one commit", () -> engine.stats().passes() == 1);
  }

  @Test
  void copy_has_what_its_sinks_have() {
    second.countDown();
    passWithOneBehindIt();
    AtomicReference<Optional<Long>> committed = new AtomicReference<>(Optional.empty());
    AtomicLong served = new AtomicLong();
    Runnable look =
        () -> {
          served.set(heard.size());
          committed.set(engine.state("counting", TRUCK, Long.class));
        };

    CompletableFuture<Void> copying =
        CompletableFuture.runAsync(() -> engine.snapshot(dir.resolve("copy"), look, PATIENCE));
    taken.complete(null);
    Await.done(copying);

    assertThat(committed.get()).hasValue(served.get());
  }

  @Test
  void close_between_two_passes_loses_nothing() {
    second.countDown();
    passWithOneBehindIt();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(engine::close);
    taken.complete(null);
    Await.done(closing);

    engine = started();
    Await.until("both are folded", () -> engine.lag("counting") == 0);

    assertThat(heard).as("at least once").containsSubsequence("0:first", "1:second");
    assertThat(engine.state("counting", TRUCK, Long.class)).as("once").hasValue(2L);
  }

  /** The second entry comes while the first is folded, whose sink takes its time. */
  private void passWithOneBehindIt() {
    append("first");
    await(folding);
    append("second");
    more.countDown();
    Await.until("the sink has the first", () -> heard.size() == 1);
  }

  private void append(String text) {
    Await.done(engine.lane(CALLS).append(TRUCK, 0, text).toCompletableFuture());
  }

  private RocksEngine started() {
    RocksEngine made = new RocksEngine(dir.resolve("lanes"), OPTIONS, new HandClock(0));
    made.host("counting", CALLS, new Counting());
    made.attach(
        "hearing",
        HEARD,
        batch -> {
          batch.forEach(entry -> heard.add(entry.value()));
          return taken;
        });
    made.start();
    return made;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Counts, and says so to whoever listens; each entry waits until it may. */
  private final class Counting implements Stage<Long, String> {
    private final EchoStage counting = new EchoStage();

    @Override
    public Long initial(DeviceId key) {
      return 0L;
    }

    @Override
    public Long apply(Long state, Entry<String> entry, Emit out) {
      boolean first = entry.value().equals("first");
      (first ? folding : foldingSecond).countDown();
      await(first ? more : second);
      out.to(HEARD, entry.key(), state + ":" + entry.value());
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
    public Codec<Long> codec() {
      return counting.codec();
    }
  }
}
