package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.proto.Entry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink on a lane, as one member of its group of consumers. A partition rests while the sink has a
 * batch of it; its offset is committed when the sink has taken the batch.
 */
final class SinkGroup<I> {
  private static final Logger LOG = LoggerFactory.getLogger(SinkGroup.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long CLOSE_MILLIS = 10_000;

  private final Attached<I> sink;
  private final KafkaLane<I> lane;
  private final Hosting hosting;
  private final Clients clients;
  private final Map<TopicPartition, Given> given = new HashMap<>();
  private final Thread thread;
  private volatile @Nullable Consumer<byte[], byte[]> consumer;

  /** A batch that the sink has, and where to go on behind it. */
  private record Given(CompletableFuture<Void> served, long after) {}

  SinkGroup(Attached<I> sink, KafkaLane<I> lane, Hosting hosting, Clients clients) {
    this.sink = sink;
    this.lane = lane;
    this.hosting = hosting;
    this.clients = clients;
    this.thread = new Thread(this::run, "lanes-sink-" + sink.name());
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long pause = hosting.retryFrom().toNanos();
    while (!hosting.closing()) {
      try (Consumer<byte[], byte[]> member = clients.member(hosting.names().group(sink.name()))) {
        consumer = member;
        serve(member);
      } catch (KafkaException e) {
        if (!hosting.closing()) {
          LOG.warn("{}: joins its group again: {}", sink.name(), e.toString());
          LockSupport.parkNanos(pause);
        }
      }
      given.clear();
    }
  }

  private void serve(Consumer<byte[], byte[]> member) {
    member.subscribe(
        List.of(lane.topic()),
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // Whoever has them next gives the batch again; what is served by now is not.
            commit(member);
            given.keySet().removeAll(partitions);
          }

          @Override
          public void onPartitionsLost(Collection<TopicPartition> partitions) {
            given.keySet().removeAll(partitions);
          }

          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
        });
    while (!hosting.closing()) {
      try {
        give(member, member.poll(POLL));
      } catch (WakeupException e) {
        LOG.trace("{}: a batch was taken, or the engine closes", sink.name());
      }
      commit(member);
    }
    commit(member);
  }

  private void give(Consumer<byte[], byte[]> member, ConsumerRecords<byte[], byte[]> polled) {
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      long after = records.get(records.size() - 1).offset() + 1;
      List<Entry<I>> batch = hosting.entries(sink.name(), lane, records);
      member.pause(List.of(partition));
      CompletableFuture<Void> served =
          batch.isEmpty() ? CompletableFuture.completedFuture(null) : sink.serve(batch, hosting);
      given.put(partition, new Given(served, after));
      served.whenComplete((taken, failure) -> member.wakeup());
    }
  }

  private void commit(Consumer<byte[], byte[]> member) {
    Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    given.forEach(
        (partition, batch) -> {
          if (batch.served().isDone() && !batch.served().isCompletedExceptionally()) {
            done.put(partition, new OffsetAndMetadata(batch.after()));
          }
        });
    if (!done.isEmpty()) {
      commit(member, done);
      given.keySet().removeAll(done.keySet());
      done.keySet().retainAll(member.assignment());
      member.resume(done.keySet());
    }
  }

  private static void commit(
      Consumer<byte[], byte[]> member, Map<TopicPartition, OffsetAndMetadata> done) {
    while (true) {
      try {
        member.commitSync(done);
        return;
      } catch (WakeupException e) {
        LOG.trace("another batch was taken meanwhile");
      }
    }
  }

  /** Ends after the batches that were taken are noted. */
  void close() {
    Consumer<byte[], byte[]> member = consumer;
    if (member != null) {
      member.wakeup();
    }
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
