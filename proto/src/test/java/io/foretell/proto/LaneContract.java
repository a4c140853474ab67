package io.foretell.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every durable lane must do. An engine's test extends it. */
public abstract class LaneContract {
  /** A lane of text. */
  protected static final Topic<String> TEXT = Topic.lane("texts", Texts.TEXT);

  private final List<Engine> opened = new ArrayList<>();

  /** Another engine over the storage of this test, which is empty when the test begins. */
  protected abstract Engine engine(InstantSource clock);

  @AfterEach
  void close_all() {
    opened.forEach(Engine::close);
  }

  @Test
  void append_then_read_gives_what_was_appended() {
    Lane<String> lane = started().lane(TEXT);
    DeviceId truck = new DeviceId("acme", "truck:1");

    Position position = Await.done(lane.append(truck, 1234, "größe"));

    assertThat(position.lane()).isEqualTo("texts");
    assertThat(lane.read(position.partition(), position.offset(), 10))
        .containsExactly(new Entry<>(position, 0, truck, 1234, "größe"));
  }

  @Test
  void append_of_one_device_stays_in_order_in_one_partition() {
    Lane<String> lane = started().lane(TEXT);
    DeviceId truck = DeviceId.parse("truck");
    List<CompletionStage<Position>> appends = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      appends.add(lane.append(truck, i, "" + i));
    }

    List<Position> positions = appends.stream().map(Await::done).toList();

    for (int i = 0; i < positions.size(); i++) {
      assertThat(positions.get(i))
          .isEqualTo(new Position("texts", positions.get(0).partition(), i));
    }
    assertThat(all(lane)).extracting(Entry::value).element(4321).isEqualTo("4321");
  }

  @Test
  void append_acknowledged_is_there_after_close_and_reopen() {
    Engine before = started();
    Map<DeviceId, Integer> partitions = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      DeviceId device = DeviceId.parse("d" + i % 30);
      partitions.put(device, Await.done(before.lane(TEXT).append(device, i, "" + i)).partition());
    }
    List<Entry<String>> written = all(before.lane(TEXT));
    before.close();

    Lane<String> after = started().lane(TEXT);

    assertThat(written).hasSize(300);
    assertThat(all(after)).isEqualTo(written);
    for (int i = 0; i < 30; i++) {
      DeviceId device = DeviceId.parse("d" + i);
      Position next = Await.done(after.append(device, 1000, "next"));
      assertThat(next.partition()).isEqualTo(partitions.get(device));
    }
    assertThat(all(after)).hasSize(330);
  }

  @Test
  void append_by_many_threads_has_no_gap_and_no_twin() throws Exception {
    Lane<String> lane = started().lane(TEXT);
    int threads = 4;
    int each = 2000;
    List<Position> positions = Collections.synchronizedList(new ArrayList<>());
    List<Thread> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      DeviceId device = DeviceId.parse("d" + t);
      Thread thread =
          new Thread(
              () -> {
                List<CompletionStage<Position>> appends = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                  appends.add(lane.append(device, i, device.device() + ":" + i));
                }
                appends.forEach(append -> positions.add(Await.done(append)));
              });
      thread.start();
      running.add(thread);
    }
    for (Thread thread : running) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
    }

    assertThat(positions).hasSize(threads * each).doesNotHaveDuplicates();
    for (int p = 0; p < lane.partitions(); p++) {
      List<Entry<String>> entries = lane.read(p, 0, Integer.MAX_VALUE);
      assertThat(entries).hasSize((int) lane.end(p));
      Map<DeviceId, Integer> next = new HashMap<>();
      for (Entry<String> entry : entries) {
        int i = next.merge(entry.key(), 1, Integer::sum) - 1;
        assertThat(entry.value()).isEqualTo(entry.key().device() + ":" + i);
      }
    }
  }

  @Test
  void append_completes_in_the_order_of_offsets() {
    Lane<String> lane = started().lane(TEXT);
    List<Long> completed = Collections.synchronizedList(new ArrayList<>());
    List<CompletionStage<?>> appends = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      appends.add(
          lane.append(DeviceId.parse("truck"), i, "" + i)
              .thenAccept(position -> completed.add(position.offset())));
    }

    appends.forEach(Await::done);

    assertThat(completed).isSorted().hasSize(2000);
  }

  @Test
  void devices_of_the_same_name_in_two_tenants_are_two() {
    Lane<String> lane = started().lane(TEXT);
    Await.done(lane.append(new DeviceId("a", "truck"), 1, "of a"));
    Await.done(lane.append(new DeviceId("b", "truck"), 1, "of b"));

    Set<DeviceId> keys = new HashSet<>();
    all(lane).forEach(entry -> keys.add(entry.key()));

    assertThat(keys)
        .containsExactlyInAnyOrder(new DeviceId("a", "truck"), new DeviceId("b", "truck"));
  }

  @Test
  void read_gives_at_most_the_limit_and_nothing_beyond_the_end() {
    Lane<String> lane = started().lane(TEXT);
    DeviceId truck = DeviceId.parse("truck");
    Position last = null;
    for (int i = 0; i < 10; i++) {
      last = Await.done(lane.append(truck, i, "" + i));
    }
    int partition = last.partition();

    assertThat(lane.read(partition, 3, 4))
        .extracting(Entry::value)
        .containsExactly("3", "4", "5", "6");
    assertThat(lane.read(partition, 8, 100)).extracting(Entry::value).containsExactly("8", "9");
    assertThat(lane.read(partition, 10, 100)).isEmpty();
    assertThat(lane.end(partition)).isEqualTo(10);
    assertThat(lane.begin(partition)).isZero();
  }

  @Test
  void lanes_do_not_mix() {
    Engine engine = started();
    Topic<String> other = Topic.lane("others", Texts.TEXT);
    Await.done(engine.lane(TEXT).append(DeviceId.parse("truck"), 1, "text"));
    Await.done(engine.lane(other).append(DeviceId.parse("truck"), 1, "other"));

    assertThat(all(engine.lane(TEXT))).extracting(Entry::value).containsExactly("text");
    assertThat(all(engine.lane(other))).extracting(Entry::value).containsExactly("other");
    assertThat(engine.lane(TEXT)).isSameAs(engine.lane(TEXT));
  }

  @Test
  void append_before_start_and_after_close_fails_as_unavailable() {
    Engine engine = engine(new HandClock(0));
    Lane<String> lane = engine.lane(TEXT);

    assertUnavailable(lane.append(DeviceId.parse("truck"), 1, "early"));
    engine.start();
    Await.done(lane.append(DeviceId.parse("truck"), 1, "in time"));
    engine.close();
    assertUnavailable(lane.append(DeviceId.parse("truck"), 1, "late"));
  }

  @Test
  void values_of_all_sizes_come_back() {
    Lane<String> lane = started().lane(TEXT);
    List<String> values = List.of("", "x", "y".repeat(300), "z".repeat(1_000_000));
    values.forEach(value -> Await.done(lane.append(DeviceId.parse("truck"), 1, value)));

    assertThat(all(lane)).extracting(Entry::value).isEqualTo(values);
  }

  private static void assertUnavailable(CompletionStage<Position> append) {
    assertThatThrownBy(() -> append.toCompletableFuture().get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(LaneUnavailableException.class);
  }

  private Engine started() {
    Engine engine = engine(new HandClock(0));
    engine.lane(TEXT);
    engine.start();
    opened.add(engine);
    return engine;
  }

  /** All that is kept, partition by partition. */
  protected static <T> List<Entry<T>> all(Lane<T> lane) {
    List<Entry<T>> all = new ArrayList<>();
    for (int p = 0; p < lane.partitions(); p++) {
      long next = lane.begin(p);
      while (next < lane.end(p)) {
        List<Entry<T>> page = lane.read(p, next, 1000);
        all.addAll(page);
        next = page.get(page.size() - 1).position().offset() + 1;
      }
    }
    return all;
  }
}
