package io.foretell.ingest.engine.kafka;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static io.foretell.ingest.engine.EchoStage.ECHOES;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.ingest.engine.EchoStage;
import io.foretell.ingest.engine.ErasableLanes;
import io.foretell.ingest.engine.ErasableLanesContract;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.proto.Await;
import io.foretell.proto.Entry;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on topics, where the key is destroyed, and what is of keys and brokers alone. */
final class KafkaEraseTest extends ErasableLanesContract<KafkaEngine> {
  @TempDir Path folder;
  private final String prefix = Brokers.newPrefix();
  private final MemoryKeys keys = new MemoryKeys();
  private final AtomicInteger folders = new AtomicInteger();

  /** Each on a folder of its own: states come from the changelog. */
  @Override
  protected KafkaEngine engine(InstantSource clock) {
    Path own = folder.resolve("" + folders.incrementAndGet());
    return new KafkaEngine(Brokers.options(prefix, own), clock, keys);
  }

  /** It looks at the clock with every commit. */
  @Override
  protected void clockMoved(KafkaEngine engine) {}

  @Override
  protected String stored() {
    StringBuilder texts = new StringBuilder();
    for (ConsumerRecord<byte[], byte[]> found : raw()) {
      texts.append(found.value() == null ? "" : new String(found.value(), ISO_8859_1)).append('\n');
    }
    return texts.toString();
  }

  @Test
  void values_are_sealed_by_a_key_a_device_that_is_destroyed() {
    KafkaEngine engine = started();
    fill(engine, 50);
    assertThat(raw()).hasSizeGreaterThan(200);
    assertThat(stored()).as("sealed").doesNotContain("marker-of", "gone-for-good");
    assertThat(keys.count()).isEqualTo(2);

    engine.settle(GONE, PATIENCE);
    assertThat(engine.erase(GONE, PATIENCE)).containsEntry(ErasableLanes.KEYS, 1L);

    assertThat(keys.count()).isEqualTo(1);
    assertThat(engine.erase(GONE, PATIENCE)).as("nothing more").isEmpty();
    assertThat(engine.passed("echo")).as("what erased it").isEqualTo(1);
    KafkaEngine desk = open();
    desk.observe("echo", CALLS, new EchoStage());
    desk.lane(ECHOES);
    desk.start();
    assertOnlyKeptIsThere(desk, 50);
    append(engine, GONE, "again");
    settled(engine);
    assertThat(keys.count()).isEqualTo(2);
  }

  @Test
  void late_reader_counts_what_it_cannot_read() {
    KafkaEngine engine = started();
    fill(engine, 20);
    append(engine, GONE, "the last one");
    settled(engine);
    engine.settle(GONE, PATIENCE);
    engine.erase(GONE, PATIENCE);
    engine.close();

    KafkaEngine late = open();
    late.host("late-stage", CALLS, new EchoStage());
    late.lane(ECHOES);
    late.start();

    Await.until("all is read", () -> late.lag("late-stage") == 0);
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
        engine.lane(CALLS).append(GONE, 0, "refused").toCompletableFuture();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(refused::get)
        .withCauseInstanceOf(LaneUnavailableException.class);
    assertThatExceptionOfType(LaneUnavailableException.class).isThrownBy(() -> all(engine, CALLS));
    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.state("echo", GONE, Long.class));
    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.erase(GONE, PATIENCE));
    KafkaEngine late = open();
    late.attach("late", CALLS, this::take);
    taken().clear();
    late.start();
    Await.until(
        "it says that it waits",
        () ->
            late.health().notices().stream()
                .anyMatch(notice -> notice.code().equals("KEYS_UNAVAILABLE")));
    assertThat(taken()).isEmpty();
    keys.away(false);

    Await.until("it goes on", () -> late.lag("late") == 0);
    assertThat(taken()).extracting(Entry::value).contains("first");
    Await.until("all is well", () -> late.health().notices().isEmpty());
    append(engine, GONE, "second");
    settled(engine);
    assertThat(engine.state("echo", GONE, Long.class)).contains(2L);
    assertThat(engine.unreadable() + late.unreadable()).isZero();
  }

  @Test
  void first_appends_of_a_device_keep_their_order_while_its_key_is_asked_for() {
    KafkaEngine engine = started();
    keys.slow(true);
    List<CompletableFuture<Position>> appends = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      appends.add(engine.lane(CALLS).append(KEPT, 0, "" + i).toCompletableFuture());
      if (i % 500 == 400) {
        keys.slow(i % 1_000 == 900);
      }
    }
    appends.forEach(Await::done);

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      expected.add("" + i);
    }
    assertThat(all(engine, CALLS)).extracting(Entry::value).isEqualTo(expected);
  }

  @Test
  void entries_that_an_earlier_version_wrote_in_the_clear_are_read_and_told_of() {
    KafkaEngine engine = started();
    try (var producer = new Clients(Brokers.options(prefix, folder)).producer()) {
      int partition = Partitioning.of(GONE, 2);
      Await.until("it knows the topic", () -> !producer.partitionsFor(prefix + ".calls").isEmpty());
      producer.send(
          new ProducerRecord<>(
              prefix + ".calls", partition, 7L, Names.key(GONE), "clear".getBytes(UTF_8)));
      producer.flush();
    }
    append(engine, GONE, "sealed");
    settled(engine);
    assertThat(all(engine, ECHOES)).extracting(Entry::value).containsExactly("0:clear", "1:sealed");

    engine.settle(GONE, PATIENCE);
    assertThat(engine.erase(GONE, PATIENCE))
        .containsEntry("calls", 1L)
        .containsEntry("clear:calls", 1L);
    assertThat(all(engine, CALLS)).extracting(Entry::value).containsExactly("clear");
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
}
