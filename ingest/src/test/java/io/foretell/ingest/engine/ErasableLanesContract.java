package io.foretell.ingest.engine;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static io.foretell.ingest.engine.EchoStage.ECHOES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Engine;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import io.foretell.proto.Topic;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every engine must do where one device is erased: nothing of it is there any more, and
 * nothing else is touched. An engine's test extends it, and has the cases that are of its storage
 * alone.
 *
 * @param <E> the engine
 */
public abstract class ErasableLanesContract<E extends Engine & ErasableLanes> {
  /** Long enough for whatever is under way. */
  protected static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Who is erased. */
  protected static final DeviceId GONE = new DeviceId("acme", "gone-for-good");

  /** Who is not; its names are its neighbours wherever there is an order. */
  protected static final DeviceId KEPT = new DeviceId("acme", "kept-as-it-is");

  // It stands where all tests append, so that only a test that moves it gets ticks by it.
  private final HandClock clock = new HandClock(0);
  private final List<E> opened = new ArrayList<>();
  private final List<Entry<String>> taken = new CopyOnWriteArrayList<>();

  /** Another engine over the storage of this test, which is empty when the test begins. */
  protected abstract E engine(InstantSource clock);

  /** The clock has been moved: lets the engine see it soon. */
  protected abstract void clockMoved(E engine);

  /** All that the storage has of entries and states, as text; other bytes are as in Latin-1. */
  protected abstract String stored() throws IOException;

  @AfterEach
  void close_all() {
    opened.forEach(Engine::close);
  }

  @Test
  void all_of_the_device_goes_and_others_are_as_they_were_also_after_a_restart()
      throws IOException {
    E engine = started();
    fill(engine, 50);

    engine.settle(GONE, PATIENCE);
    Map<String, Long> counts = engine.erase(GONE, PATIENCE);

    assertThat(counts)
        .containsEntry("calls", 50L)
        .containsEntry("echoes", 50L)
        .containsEntry(ErasableLanes.STATES, 1L);
    assertOnlyKeptIsThere(engine, 50);
    assertThat(engine.erase(GONE, PATIENCE).values()).as("nothing more").allMatch(n -> n == 0);
    assertThat(engine.health().ready()).isTrue();
    assertThat(stored()).doesNotContain("marker-of-gone");
    engine.close();
    E again = started();
    assertOnlyKeptIsThere(again, 50);
    assertThat(stored()).doesNotContain("marker-of-gone");
  }

  @Test
  void device_that_sends_again_is_as_if_never_seen_and_no_offset_is_given_again() {
    E engine = started();
    append(engine, KEPT, "a");
    Position last = append(engine, GONE, "a");
    settled(engine);
    engine.settle(GONE, PATIENCE);
    engine.erase(GONE, PATIENCE);

    assertThat(engine.lane(CALLS).end(last.partition())).isGreaterThan(last.offset());
    engine.close();
    E again = started();
    assertThat(again.lane(CALLS).end(last.partition())).isGreaterThan(last.offset());
    assertThat(append(again, GONE, "b").offset()).isGreaterThan(last.offset());
    append(again, KEPT, "b");
    settled(again);

    assertThat(again.state("echo", GONE, Long.class)).contains(1L);
    assertThat(again.state("echo", KEPT, Long.class)).contains(2L);
    assertThat(all(again, ECHOES))
        .extracting(entry -> entry.key().device() + " " + entry.value())
        .containsExactlyInAnyOrder("kept-as-it-is 0:a", "gone-for-good 0:b", "kept-as-it-is 1:b");
  }

  @Test
  void others_go_on_meanwhile_and_none_is_lost_or_folded_twice() {
    E engine = started();
    AtomicBoolean stop = new AtomicBoolean();
    List<String> written = new ArrayList<>();
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                append(engine, KEPT, "n" + i);
                written.add("n" + i);
              }
            });
    AtomicLong found = new AtomicLong();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 20; i++) {
        append(engine, GONE, "x");
      }
      Await.until("nothing more is found", () -> erasedAll(engine, found));
    }
    stop.set(true);
    Await.done(load);
    settled(engine);

    assertThat(found).hasValue(100);
    assertThat(all(engine, CALLS)).extracting(Entry::value).containsExactlyElementsOf(written);
    assertThat(all(engine, ECHOES)).hasSameSizeAs(written);
    assertThat(engine.state("echo", KEPT, Long.class)).contains((long) written.size());
  }

  /** Once more, as who wants it to be gone does until nothing is found. */
  private boolean erasedAll(E engine, AtomicLong found) {
    try {
      engine.settle(GONE, PATIENCE);
      Map<String, Long> counts = engine.erase(GONE, PATIENCE);
      found.addAndGet(counts.getOrDefault("calls", 0L));
      return counts.values().stream().allMatch(n -> n == 0);
    } catch (LaneUnavailableException stillToRead) {
      return false;
    }
  }

  @Test
  void what_a_sink_has_still_to_read_is_waited_for() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    E engine = open();
    engine.attach("slow", CALLS, batch -> answer);
    engine.start();
    Position at = append(engine, GONE, "a");

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.settle(GONE, Duration.ofMillis(300)));
    assertThat(engine.lane(CALLS).read(at.partition(), 0, 10)).hasSize(1);

    answer.complete(null);
    engine.settle(GONE, PATIENCE);
    assertThat(engine.erase(GONE, PATIENCE)).containsEntry("calls", 1L);
    assertThat(all(engine, CALLS)).isEmpty();
  }

  @Test
  void late_stage_and_sink_pass_over_what_is_gone() {
    E engine = started();
    for (int i = 0; i < 20; i++) {
      append(engine, GONE, "gone " + i);
      append(engine, KEPT, "kept " + i);
    }
    append(engine, GONE, "the last one");
    settled(engine);
    engine.settle(GONE, PATIENCE);
    engine.erase(GONE, PATIENCE);
    engine.close();
    taken.clear();

    E late = open();
    late.attach("late", CALLS, this::take);
    late.host("late-stage", CALLS, new EchoStage());
    late.lane(ECHOES);
    late.start();

    Await.until("all is read", () -> late.lag("late") == 0 && late.lag("late-stage") == 0);
    assertThat(taken).hasSize(20).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(late.state("late-stage", KEPT, Long.class)).contains(20L);
    assertThat(late.state("late-stage", GONE, Long.class)).isEmpty();
  }

  @Test
  void timer_of_the_device_goes_with_its_state() {
    E engine = open();
    engine.lane(ECHOES);
    engine.host("alarm", CALLS, new AlarmStage());
    engine.start();
    append(engine, GONE, "in 1000");
    append(engine, KEPT, "in 1000");
    Await.until("they are folded", () -> engine.lag("alarm") == 0);
    engine.erase(GONE, PATIENCE);
    clock.to(5_000);
    clockMoved(engine);

    Await.until("the other rings", () -> !all(engine, ECHOES).isEmpty());
    assertThat(all(engine, ECHOES)).extracting(Entry::key).containsExactly(KEPT);
  }

  @Test
  void device_that_was_never_seen_leaves_nothing_to_erase() {
    E engine = started();
    append(engine, KEPT, "a");
    settled(engine);

    engine.settle(GONE, PATIENCE);
    assertThat(engine.erase(GONE, PATIENCE).values()).allMatch(n -> n == 0);
    assertThat(all(engine, CALLS)).hasSize(1);
    assertThat(engine.state("echo", KEPT, Long.class)).contains(1L);
  }

  @Test
  void erasure_before_the_start_is_refused_as_one_to_be_done_again() {
    E engine = open();

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.erase(GONE, PATIENCE));
  }

  /** Hosts {@link EchoStage} as {@code echo}, with a sink behind it, and starts. */
  protected final E started() {
    E engine = open();
    engine.lane(ECHOES);
    engine.host("echo", CALLS, new EchoStage());
    engine.attach("taker", ECHOES, this::take);
    engine.start();
    return engine;
  }

  /** An engine that is closed behind the test. */
  protected final E open() {
    E engine = engine(clock);
    opened.add(engine);
    return engine;
  }

  /** What the clock of all engines of this test says. */
  protected final HandClock clock() {
    return clock;
  }

  /** What sinks were given so far. */
  protected final List<Entry<String>> taken() {
    return taken;
  }

  /** A sink that takes all at once. */
  protected final CompletionStage<?> take(List<Entry<String>> batch) {
    taken.addAll(batch);
    return CompletableFuture.completedFuture(null);
  }

  /** So many entries of both devices in turn, read by all. */
  protected final void fill(E engine, int each) {
    for (int i = 0; i < each; i++) {
      append(engine, GONE, "marker-of-gone " + i);
      append(engine, KEPT, "marker-of-kept " + i);
    }
    settled(engine);
  }

  /** The one who is not erased has what {@link #fill} gave it, wherever one looks. */
  protected final void assertOnlyKeptIsThere(E engine, int n) {
    assertThat(all(engine, CALLS)).hasSize(n).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(all(engine, ECHOES)).hasSize(n).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(engine.state("echo", GONE, Long.class)).isEmpty();
    assertThat(engine.state("echo", KEPT, Long.class)).contains((long) n);
    List<DeviceId> seen = new ArrayList<>();
    engine.eachState("echo", Long.class, (device, state) -> seen.add(device));
    assertThat(seen).containsExactly(KEPT);
    List<String> replayed = new ArrayList<>();
    Emit out =
        new Emit() {
          @Override
          public <T> void to(Topic<T> topic, DeviceId key, T value) {
            replayed.add(String.valueOf(value));
          }
        };
    assertThat(engine.replay(CALLS, new EchoStage(), out)).isEqualTo(n);
    assertThat(replayed).hasSize(n).startsWith("0:marker-of-kept 0");
  }

  /** Waits until what {@link #started} hosts has read all. */
  protected final void settled(E engine) {
    Await.until("all is read", () -> engine.lag("echo") + engine.lag("taker") == 0);
  }

  /** Appends, and waits until it is durable. */
  protected final Position append(E engine, DeviceId device, String value) {
    return Await.done(engine.lane(CALLS).append(device, 0, value));
  }

  /** All that a lane gives to read. */
  protected final List<Entry<String>> all(E engine, Topic<String> topic) {
    List<Entry<String>> all = new ArrayList<>();
    for (int p = 0; p < engine.lane(topic).partitions(); p++) {
      long next = engine.lane(topic).begin(p);
      List<Entry<String>> page = engine.lane(topic).read(p, next, 1_000);
      while (!page.isEmpty()) {
        all.addAll(page);
        next = page.get(page.size() - 1).position().offset() + 1;
        page = engine.lane(topic).read(p, next, 1_000);
      }
    }
    return all;
  }
}
