package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.proto.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink that gets every entry of a lane in this process, whatever other processes get: no group,
 * and no offset that outlives it.
 */
final class Follower<I> {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long CLOSE_MILLIS = 10_000;

  private final Attached<I> sink;
  private final KafkaLane<I> lane;
  private final Map<TopicPartition, Long> next;
  private final Hosting hosting;
  private final Clients clients;
  private final Thread thread;
  private volatile @Nullable Consumer<byte[], byte[]> consumer;

  /**
   * @param from where it begins, by partition
   */
  Follower(
      Attached<I> sink,
      KafkaLane<I> lane,
      Map<TopicPartition, Long> from,
      Hosting hosting,
      Clients clients) {
    this.sink = sink;
    this.lane = lane;
    this.next = from;
    this.hosting = hosting;
    this.clients = clients;
    this.thread = new Thread(this::run, "lanes-follower-" + sink.name());
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!hosting.closing()) {
      try (Consumer<byte[], byte[]> reading = clients.follower()) {
        consumer = reading;
        reading.assign(next.keySet());
        next.forEach(reading::seek);
        while (!hosting.closing()) {
          give(reading.poll(POLL));
        }
      } catch (WakeupException | CompletionException | CancellationException e) {
        LOG.trace("{}: the engine closes", sink.name());
      } catch (KafkaException e) {
        if (!hosting.closing()) {
          LOG.warn("{}: reads on with another client: {}", sink.name(), e.toString());
          LockSupport.parkNanos(hosting.retryFrom().toNanos());
        }
      }
    }
  }

  private void give(ConsumerRecords<byte[], byte[]> polled) {
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      long after = records.get(records.size() - 1).offset() + 1;
      List<Entry<I>> batch = hosting.entries(sink.name(), lane, records);
      if (!batch.isEmpty()) {
        sink.serve(batch, hosting).join();
      }
      next.put(partition, after);
    }
  }

  void close() {
    Consumer<byte[], byte[]> reading = consumer;
    if (reading != null) {
      reading.wakeup();
    }
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
