package io.foretell.ingest.engine.rocksdb;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of a running engine: what sinks have kept elsewhere belongs to it exactly. */
final class SnapshotTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path dir;

  private final List<RocksEngine> opened = new ArrayList<>();
  private final ConcurrentLinkedQueue<Position> elsewhere = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close_all() {
    opened.forEach(RocksEngine::close);
  }

  @Test
  void copy_under_load_has_all_that_was_acknowledged_and_goes_on_where_its_sinks_were()
      throws Exception {
    RocksEngine engine = engine(dir.resolve("running"));
    AtomicBoolean stop = new AtomicBoolean();
    List<Position> acknowledged = new ArrayList<>();
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                append(engine, i);
              }
            });
    for (int i = 0; i < 500; i++) {
      acknowledged.add(append(engine, -i));
    }

    Set<Position> copied = new HashSet<>();
    engine.snapshot(dir.resolve("copy"), () -> copied.addAll(elsewhere), PATIENCE);
    long onGoing = elsewhere.size();
    Await.until("passes go on", () -> elsewhere.size() > onGoing);
    stop.set(true);
    load.get();
    Await.until("it is through", () -> engine.lag("elsewhere") == 0);
    elsewhere.clear();
    RocksEngine copy = engine(dir.resolve("copy"));
    Await.until("all is served", () -> copy.lag("elsewhere") == 0);

    assertThat(elsewhere).as("served again").doesNotContainAnyElementsOf(copied);
    copied.addAll(elsewhere);
    assertThat(copied).containsAll(acknowledged).hasSize((int) entries(copy));
  }

  @Test
  void sink_that_hangs_fails_the_copy_and_not_the_engine() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    RocksEngine engine =
        new RocksEngine(dir.resolve("running"), RocksEngineOptions.defaults(), new HandClock(0));
    opened.add(engine);
    CompletableFuture<Void> given = new CompletableFuture<>();
    engine.attach(
        "slow",
        CALLS,
        batch -> {
          given.complete(null);
          return answer;
        });
    engine.start();
    append(engine, 1);
    Await.done(given);

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.snapshot(dir.resolve("copy"), () -> {}, Duration.ofMillis(300)))
        .withMessageContaining("busy");

    answer.complete(null);
    Await.until("it goes on", () -> engine.lag("slow") == 0);
    engine.snapshot(dir.resolve("copy"), () -> {}, PATIENCE);
  }

  private RocksEngine engine(Path folder) {
    RocksEngine engine = new RocksEngine(folder, RocksEngineOptions.defaults(), new HandClock(0));
    opened.add(engine);
    engine.attach(
        "elsewhere",
        CALLS,
        batch -> {
          for (Entry<String> entry : batch) {
            elsewhere.add(entry.position());
          }
          return CompletableFuture.completedFuture(null);
        });
    engine.start();
    return engine;
  }

  private static Position append(RocksEngine engine, int i) {
    DeviceId device = DeviceId.parse("truck-" + Math.floorMod(i, 16));
    return engine.lane(CALLS).append(device, 0, "call " + i).toCompletableFuture().join();
  }

  private static long entries(RocksEngine engine) {
    long sum = 0;
    for (int p = 0; p < engine.lane(CALLS).partitions(); p++) {
      sum += engine.lane(CALLS).end(p);
    }
    return sum;
  }
}
