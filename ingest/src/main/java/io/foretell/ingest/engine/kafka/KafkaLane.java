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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A lane on a topic. Its offsets are the topic's: where stages write to it they have gaps, since a
 * transaction's mark takes one.
 */
final class KafkaLane<T> implements Lane<T> {
  private final String name;
  private final String topic;
  private final Codec<T> codec;
  private volatile @Nullable Brokers brokers;

  /** What a lane needs of a started engine. */
  interface Brokers {
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

  KafkaLane(Topic<T> topic, Names names) {
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
    int partition = Partitioning.of(key, open.partitions());
    ProducerRecord<byte[], byte[]> message =
        new ProducerRecord<>(
            topic, partition, Math.max(0, at), Names.key(key), codec.encode(value));
    CompletableFuture<Position> done = new CompletableFuture<>();
    open.send(
        message,
        new Appended() {
          @Override
          public void at(long offset) {
            done.complete(new Position(name, partition, offset));
          }

          @Override
          public void failed(LaneUnavailableException cause) {
            done.completeExceptionally(cause);
          }
        });
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
    for (ConsumerRecord<byte[], byte[]> found :
        open().reader().read(partition(partition), from, limit)) {
      entries.add(entry(found));
    }
    return entries;
  }

  /** A record as what it stands for. */
  Entry<T> entry(ConsumerRecord<byte[], byte[]> found) {
    return entry(found.partition(), found.offset(), found.key(), found.timestamp(), found.value());
  }

  Entry<T> entry(int partition, long offset, byte[] key, long at, byte[] value) {
    return new Entry<>(
        new Position(name, partition, offset), 0, Names.device(key), at, codec.decode(value));
  }
}
