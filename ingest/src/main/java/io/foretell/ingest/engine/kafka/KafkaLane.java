package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Partitioning;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import io.foretell.proto.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A lane on a topic. Its offsets are the topic's: where stages write to it they have gaps, since a
 * transaction's mark takes one. Values are sealed by the key of their device; those whose key is
 * destroyed are passed over like gaps.
 */
final class KafkaLane<T> implements Lane<T> {
  private static final String ERASED = "erased";

  private final String name;
  private final String topic;
  private final Codec<T> codec;
  private final Sealing sealing;
  private volatile @Nullable Brokers brokers;

  /** What a lane needs of a started engine. */
  interface Brokers {
    /** Who gives the key of a device. */
    Turns turns();

    /** Hands a record to the brokers. */
    void send(ProducerRecord<byte[], byte[]> message, Appended appended);

    LogReader reader();

    int partitions();
  }

  /** Is told what became of a record. */
  interface Appended {
    void at(long offset);

    void failed(LaneUnavailableException cause);
  }

  KafkaLane(Topic<T> topic, Names names, Sealing sealing) {
    this.sealing = sealing;
    this.name = topic.name();
    this.topic = names.topic(topic.name());
    this.codec =
        topic
            .codec()
            .orElseThrow(() -> new IllegalArgumentException("no durable topic: " + topic.name()));
  }

  String name() {
    return name;
  }

  /** Its topic on the brokers. */
  String topic() {
    return topic;
  }

  void open(@Nullable Brokers at) {
    brokers = at;
  }

  @Override
  public CompletionStage<Position> append(DeviceId key, long at, T value) {
    Brokers open = brokers;
    if (open == null) {
      return CompletableFuture.failedFuture(
          new LaneUnavailableException("the engine is not started, or closed"));
    }
    byte[] encoded = codec.encode(value);
    CompletableFuture<Position> done = new CompletableFuture<>();
    open.turns()
        .take(
            key,
            new Turns.Append() {
              @Override
              public void with(LaneKey by) {
                send(open, message(by, at, encoded, open.partitions()), done);
              }

              @Override
              public void failed(LaneUnavailableException cause) {
                done.completeExceptionally(cause);
              }
            });
    return done;
  }

  private ProducerRecord<byte[], byte[]> message(LaneKey by, long at, byte[] clear, int count) {
    return new ProducerRecord<>(
        topic,
        Partitioning.of(by.device(), count),
        Math.max(0, at),
        Names.sealed(by.id()),
        sealing.seal(name, by, clear));
  }

  private void send(
      Brokers open, ProducerRecord<byte[], byte[]> message, CompletableFuture<Position> done) {
    open.send(
        message,
        new Appended() {
          @Override
          public void at(long offset) {
            done.complete(new Position(name, message.partition(), offset));
          }

          @Override
          public void failed(LaneUnavailableException cause) {
            done.completeExceptionally(cause);
          }
        });
  }

  /**
   * Tells the stages of the lane that the device of a key is erased; completes when it is there.
   */
  CompletableFuture<Position> erase(LaneKey of, long at) {
    Brokers open = open();
    ProducerRecord<byte[], byte[]> message = message(of, at, new byte[0], open.partitions());
    message.headers().add(ERASED, new byte[] {1});
    CompletableFuture<Position> done = new CompletableFuture<>();
    send(open, message, done);
    return done;
  }

  private Brokers open() {
    Brokers open = brokers;
    if (open == null) {
      throw new LaneUnavailableException("the engine is not started, or closed");
    }
    return open;
  }

  private TopicPartition partition(int number) {
    return new TopicPartition(topic, number);
  }

  @Override
  public int partitions() {
    Brokers open = brokers;
    return open == null ? 0 : open.partitions();
  }

  @Override
  public long end(int partition) {
    return open().reader().end(partition(partition));
  }

  @Override
  public long begin(int partition) {
    return open().reader().begin(partition(partition));
  }

  /** How many entries there are; {@link #end} also counts the marks of transactions. */
  long count() {
    long sum = 0;
    for (int p = 0; p < partitions(); p++) {
      sum += open().reader().count(partition(p));
    }
    return sum;
  }

  @Override
  public List<Entry<T>> read(int partition, long from, int limit) {
    List<Entry<T>> entries = new ArrayList<>();
    List<ConsumerRecord<byte[], byte[]>> page =
        open().reader().read(partition(partition), from, limit);
    // A page may have nothing but what cannot be read any more.
    while (!page.isEmpty() && entries.isEmpty()) {
      Map<UUID, LaneKey> keys = sealing.keys().find(sealedBy(page));
      for (ConsumerRecord<byte[], byte[]> found : page) {
        Entry<T> entry = entry(found, keys);
        if (entry != null) {
          entries.add(entry);
        }
      }
      long next = page.get(page.size() - 1).offset() + 1;
      page = entries.isEmpty() ? open().reader().read(partition(partition), next, limit) : page;
    }
    return entries;
  }

  /** The ids of the keys that records are sealed by. */
  static Set<UUID> sealedBy(Iterable<ConsumerRecord<byte[], byte[]>> records) {
    Set<UUID> ids = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> found : records) {
      UUID id = Names.sealedBy(found.key());
      if (id != null) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** Whether a record tells that a device is erased. */
  static boolean erases(Headers headers) {
    return headers.lastHeader(ERASED) != null;
  }

  /**
   * A record as what it stands for; null where it is no entry, or the key that it is sealed by is
   * destroyed.
   *
   * @param keys all that it may be sealed by and that are not destroyed
   */
  @Nullable Entry<T> entry(ConsumerRecord<byte[], byte[]> found, Map<UUID, LaneKey> keys) {
    return erases(found.headers())
        ? null
        : entry(
            new Position(name, found.partition(), found.offset()),
            found.key(),
            found.timestamp(),
            found.value(),
            keys);
  }

  /** The same. */
  @Nullable Entry<T> entry(
      Position position, byte[] key, long at, byte[] value, Map<UUID, LaneKey> keys) {
    UUID id = Names.sealedBy(key);
    if (id == null) {
      return new Entry<>(position, 0, Names.device(key), at, codec.decode(value));
    }
    LaneKey by = keys.get(id);
    return by == null
        ? null
        : new Entry<>(position, 0, by.device(), at, codec.decode(sealing.open(name, by, value)));
  }
}
