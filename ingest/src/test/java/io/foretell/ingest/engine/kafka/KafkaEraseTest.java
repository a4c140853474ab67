package io.foretell.ingest.engine.kafka;

import static io.foretell.ingest.engine.kafka.NumbersStage.NUMBERED;
import static io.foretell.ingest.engine.kafka.NumbersStage.WORDS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.ingest.engine.Partitioning;
import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import io.foretell.proto.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the topics have of an erased device cannot be read, and nothing else is touched. */
final class KafkaEraseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final DeviceId GONE = new DeviceId("acme", "gone-for-good");
  private static final DeviceId KEPT = new DeviceId("acme", "kept-as-it-is");

  @TempDir Path folder;
  private final String prefix = Brokers.newPrefix();
  private final MemoryKeys keys = new MemoryKeys();
  private final List<KafkaEngine> opened = new ArrayList<>();
  private final List<Entry<String>> taken = new CopyOnWriteArrayList<>();
  private final AtomicInteger folders = new AtomicInteger();

  @AfterEach
  void close_all() {
    opened.forEach(KafkaEngine::close);
  }

  @Test
  void erased_device_is_gone_from_states_and_unreadable_on_topics_and_others_are_as_they_were()
      throws Exception {
    KafkaEngine engine = started();
    for (int i = 0; i < 50; i++) {
      append(engine, GONE, "marker-of-gone " + i);
      append(engine, KEPT, "marker-of-kept " + i);
    }
    settled(engine);
    assertThat(raw()).hasSizeGreaterThan(200);
    assertThat(texts()).as("sealed").doesNotContain("marker-of", "gone-for-good");
    assertThat(keys.count()).isEqualTo(2);

    engine.settle(GONE, PATIENCE);
    Map<String, Long> counts = engine.erase(GONE, PATIENCE);

    assertThat(counts)
        .containsEntry("words", 50L)
        .containsEntry("numbered", 50L)
        .containsEntry("states", 1L)
        .containsEntry("keys", 1L);
    assertThat(keys.count()).isEqualTo(1);
    assertOnlyKeptIsThere(engine, 50);
    assertThat(engine.erase(GONE, PATIENCE)).as("nothing more").isEmpty();
    assertThat(engine.passed("numbers")).as("what erased it").isEqualTo(1);
    assertThat(engine.health().ready()).isTrue();
    engine.close();

    // On another folder: states come from the changelog.
    KafkaEngine other = started();
    assertOnlyKeptIsThere(other, 50);
    KafkaEngine desk = open();
    desk.observe("numbers", WORDS, new NumbersStage());
    desk.lane(NUMBERED);
    desk.start();
    assertOnlyKeptIsThere(desk, 50);
    append(other, KEPT, "more");
    append(other, GONE, "again");
    settled(other);
    assertThat(other.state("numbers", KEPT, Long.class)).contains(51L);
    assertThat(other.state("numbers", GONE, Long.class)).as("as if never seen").contains(1L);
    assertThat(all(other, NUMBERED)).extracting(Entry::value).contains("0:again");
    assertThat(keys.count()).isEqualTo(2);
  }

  @Test
  void late_reader_passes_over_what_cannot_be_read() {
    KafkaEngine engine = started();
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

    KafkaEngine late = open();
    late.attach("late", WORDS, this::take);
    late.host("late-stage", WORDS, new NumbersStage());
    late.lane(NUMBERED);
    late.start();

    Await.until("all is read", () -> late.lag("late") == 0 && late.lag("late-stage") == 0);
    assertThat(taken).hasSize(20).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(late.state("late-stage", KEPT, Long.class)).contains(20L);
    assertThat(late.state("late-stage", GONE, Long.class)).isEmpty();
    assertThat(late.skipped()).isZero();
    assertThat(late.unreadable()).isPositive();
    assertThat(late.passed("late-stage")).as("entries, and what erased them").isEqualTo(22);
  }

  @Test
  void keys_that_cannot_be_asked_for_are_waited_for_and_not_taken_for_destroyed() throws Exception {
    KafkaEngine engine = started();
    append(engine, GONE, "first");
    settled(engine);
    keys.slow(true);
    keys.away(true);

    CompletableFuture<Position> refused =
        engine.lane(WORDS).append(GONE, 0, "refused").toCompletableFuture();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(refused::get)
        .withCauseInstanceOf(LaneUnavailableException.class);
    assertThatExceptionOfType(LaneUnavailableException.class).isThrownBy(() -> all(engine, WORDS));
    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.state("numbers", GONE, Long.class));
    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.erase(GONE, PATIENCE));
    KafkaEngine late = open();
    late.attach("late", WORDS, this::take);
    taken.clear();
    late.start();
    Await.until(
        "it says that it waits",
        () ->
            late.health().notices().stream()
                .anyMatch(notice -> notice.code().equals("KEYS_UNAVAILABLE")));
    assertThat(taken).isEmpty();
    keys.away(false);

    Await.until("it goes on", () -> late.lag("late") == 0);
    assertThat(taken).extracting(Entry::value).contains("first");
    Await.until("all is well", () -> late.health().notices().isEmpty());
    append(engine, GONE, "second");
    settled(engine);
    assertThat(engine.state("numbers", GONE, Long.class)).contains(2L);
    assertThat(engine.unreadable() + late.unreadable()).isZero();
  }

  @Test
  void first_appends_of_a_device_keep_their_order_while_its_key_is_asked_for() {
    KafkaEngine engine = started();
    keys.slow(true);
    List<CompletableFuture<Position>> appends = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      appends.add(engine.lane(WORDS).append(KEPT, 0, "" + i).toCompletableFuture());
      if (i % 500 == 400) {
        keys.slow(i % 1_000 == 900);
      }
    }
    appends.forEach(Await::done);

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      expected.add("" + i);
    }
    assertThat(all(engine, WORDS)).extracting(Entry::value).isEqualTo(expected);
  }

  @Test
  void entries_that_an_earlier_version_wrote_in_the_clear_are_read_and_told_of() {
    KafkaEngine engine = started();
    try (var producer = new Clients(Brokers.options(prefix, folder)).producer()) {
      int partition = Partitioning.of(GONE, 2);
      Await.until("it knows the topic", () -> !producer.partitionsFor(prefix + ".words").isEmpty());
      producer.send(
          new ProducerRecord<>(
              prefix + ".words", partition, 7L, Names.key(GONE), "clear".getBytes(UTF_8)));
      producer.flush();
    }
    append(engine, GONE, "sealed");
    settled(engine);
    assertThat(all(engine, NUMBERED))
        .extracting(Entry::value)
        .containsExactly("0:clear", "1:sealed");

    engine.settle(GONE, PATIENCE);
    assertThat(engine.erase(GONE, PATIENCE))
        .containsEntry("words", 1L)
        .containsEntry("clear:words", 1L);
    assertThat(all(engine, WORDS)).extracting(Entry::value).containsExactly("clear");
  }

  private static void assertOnlyKeptIsThere(KafkaEngine engine, int n) {
    assertThat(all(engine, WORDS)).hasSize(n).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(all(engine, NUMBERED)).hasSize(n).allMatch(entry -> entry.key().equals(KEPT));
    assertThat(engine.state("numbers", GONE, Long.class)).isEmpty();
    assertThat(engine.state("numbers", KEPT, Long.class)).contains((long) n);
    Set<DeviceId> seen = new TreeSet<>();
    engine.eachState("numbers", Long.class, (device, state) -> seen.add(device));
    assertThat(seen).containsExactly(KEPT);
    List<String> replayed = new ArrayList<>();
    Emit out =
        new Emit() {
          @Override
          public <T> void to(Topic<T> topic, DeviceId key, T value) {
            replayed.add(String.valueOf(value));
          }
        };
    assertThat(engine.replay(WORDS, new NumbersStage(), out)).isEqualTo(n);
    assertThat(replayed).hasSize(n).startsWith("0:marker-of-kept 0");
  }

  private KafkaEngine started() {
    KafkaEngine engine = open();
    engine.lane(NUMBERED);
    engine.host("numbers", WORDS, new NumbersStage());
    engine.attach("taker", NUMBERED, this::take);
    engine.start();
    return engine;
  }

  private KafkaEngine open() {
    Path own = folder.resolve("" + folders.incrementAndGet());
    KafkaEngine engine = new KafkaEngine(Brokers.options(prefix, own), new HandClock(0), keys);
    opened.add(engine);
    return engine;
  }

  private CompletableFuture<Void> take(List<Entry<String>> batch) {
    taken.addAll(batch);
    return CompletableFuture.completedFuture(null);
  }

  private static void settled(KafkaEngine engine) {
    Await.until("all is read", () -> engine.lag("numbers") + engine.lag("taker") == 0);
  }

  private static Position append(KafkaEngine engine, DeviceId device, String value) {
    return Await.done(engine.lane(WORDS).append(device, 0, value).toCompletableFuture());
  }

  private static List<Entry<String>> all(KafkaEngine engine, Topic<String> topic) {
    List<Entry<String>> all = new ArrayList<>();
    for (int p = 0; p < engine.lane(topic).partitions(); p++) {
      all.addAll(engine.lane(topic).read(p, 0, Integer.MAX_VALUE));
    }
    return all;
  }

  /** All records of all topics. */
  private List<ConsumerRecord<byte[], byte[]>> raw() {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (Consumer<byte[], byte[]> reader = new Clients(Brokers.options(prefix, folder)).reader()) {
      List<TopicPartition> partitions = new ArrayList<>();
      reader
          .listTopics()
          .forEach(
              (topic, parts) -> {
                if (topic.startsWith(prefix + ".")) {
                  parts.forEach(
                      part -> partitions.add(new TopicPartition(topic, part.partition())));
                }
              });
      reader.assign(partitions);
      reader.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> reader.position(p) < ends.get(p))) {
        reader.poll(Duration.ofMillis(100)).forEach(all::add);
      }
    }
    return all;
  }

  private String texts() {
    StringBuilder texts = new StringBuilder();
    for (ConsumerRecord<byte[], byte[]> found : raw()) {
      texts.append(found.value() == null ? "" : new String(found.value(), ISO_8859_1)).append('\n');
    }
    return texts.toString();
  }
}
