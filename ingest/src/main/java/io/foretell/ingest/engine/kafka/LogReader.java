package io.foretell.ingest.engine.kafka;

import io.foretell.proto.LaneUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what is committed on partitions, one question at a time.
 *
 * <p>A transaction leaves a mark on each partition that it wrote to, and the mark has an offset. So
 * offsets have gaps there, and what is at the end may be a mark.
 */
final class LogReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long MAX_READ_BYTES = 8L << 20;

  private final Consumer<byte[], byte[]> consumer;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<TopicPartition, Ends> ends = new HashMap<>();
  private final Map<TopicPartition, Count> counts = new HashMap<>();
  private @Nullable TopicPartition at;
  private boolean closed;

  /**
   * @param stable where what is committed ends, marks included
   * @param data behind the last record
   */
  private record Ends(long stable, long data) {}

  private record Count(long until, long records) {}

  LogReader(Consumer<byte[], byte[]> consumer, Duration patience) {
    this.consumer = consumer;
    this.patience = patience;
  }

  private <T> T ask(Function<Consumer<byte[], byte[]>, T> question) {
    lock.lock();
    try {
      if (closed) {
        throw new LaneUnavailableException("the engine is closed");
      }
      return question.apply(consumer);
    } catch (KafkaException e) {
      throw new LaneUnavailableException("the brokers do not answer: " + e.getMessage(), e);
    } finally {
      lock.unlock();
    }
  }

  /** The lowest offset that is kept. */
  long begin(TopicPartition partition) {
    return ask(c -> c.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L));
  }

  /** Behind the last committed record. */
  long end(TopicPartition partition) {
    return ask(c -> end(partition, c.endOffsets(List.of(partition)).getOrDefault(partition, 0L)));
  }

  private long end(TopicPartition partition, long stable) {
    Ends known = ends.get(partition);
    if (known == null || known.stable() != stable) {
      known = new Ends(stable, seekEnd(partition, stable, known == null ? 0 : known.data()));
      ends.put(partition, known);
    }
    return known.data();
  }

  /**
   * How many offsets there are from those given to the last committed records; those that are not
   * kept any more do not count.
   */
  long behind(Map<TopicPartition, Long> from) {
    return ask(
        c -> {
          Map<TopicPartition, Long> until = new HashMap<>(c.endOffsets(from.keySet()));
          until.replaceAll(this::end);
          until.entrySet().removeIf(at -> at.getValue() <= from.getOrDefault(at.getKey(), 0L));
          long sum = 0;
          if (!until.isEmpty()) {
            Map<TopicPartition, Long> begins = c.beginningOffsets(until.keySet());
            for (Map.Entry<TopicPartition, Long> at : until.entrySet()) {
              long begin = begins.getOrDefault(at.getKey(), 0L);
              sum += at.getValue() - Math.max(begin, from.getOrDefault(at.getKey(), 0L));
            }
          }
          return sum;
        });
  }

  /** Looks back, further and further, for the last that is a record. */
  private long seekEnd(TopicPartition partition, long stable, long atLeast) {
    long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    long lowest = Math.max(begin, atLeast);
    long step = 1;
    long to = stable;
    while (to > lowest) {
      long from = Math.max(lowest, to - step);
      List<ConsumerRecord<byte[], byte[]>> found =
          read(partition, from, to, Integer.MAX_VALUE, Long.MAX_VALUE);
      if (!found.isEmpty()) {
        return found.get(found.size() - 1).offset() + 1;
      }
      to = from;
      step *= 4;
    }
    return lowest;
  }

  /** Committed records from an offset on, at most {@code limit} and some megabytes, but one. */
  List<ConsumerRecord<byte[], byte[]>> read(TopicPartition partition, long from, int limit) {
    return ask(
        c -> {
          long begin = c.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
          long stable = c.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
          return read(partition, Math.max(begin, from), stable, limit, MAX_READ_BYTES);
        });
  }

  /** How many records were ever committed and are kept. The first time all are read. */
  long count(TopicPartition partition) {
    return ask(
        c -> {
          long stable = c.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
          Count known =
              counts.computeIfAbsent(
                  partition, p -> new Count(c.beginningOffsets(List.of(p)).getOrDefault(p, 0L), 0));
          long records = known.records();
          long next = known.until();
          while (next < stable) {
            List<ConsumerRecord<byte[], byte[]>> page =
                read(partition, next, stable, Integer.MAX_VALUE, MAX_READ_BYTES);
            records += page.size();
            next = page.isEmpty() ? stable : page.get(page.size() - 1).offset() + 1;
          }
          counts.put(partition, new Count(stable, records));
          return records;
        });
  }

  private List<ConsumerRecord<byte[], byte[]>> read(
      TopicPartition partition, long from, long to, int limit, long maxBytes) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    if (from >= to || limit <= 0) {
      return found;
    }
    if (!partition.equals(at)) {
      consumer.assign(List.of(partition));
      at = partition;
    }
    consumer.seek(partition, from);
    long limitNanos = System.nanoTime() + patience.toNanos();
    long bytes = 0;
    while (consumer.position(partition) < to && found.size() < limit && bytes < maxBytes) {
      for (ConsumerRecord<byte[], byte[]> next : consumer.poll(POLL).records(partition)) {
        if (next.offset() < to && found.size() < limit) {
          found.add(next);
          bytes += next.serializedValueSize();
        }
      }
      if (System.nanoTime() > limitNanos) {
        throw new LaneUnavailableException("the brokers do not give " + partition);
      }
    }
    return found;
  }

  /** Whether all below an offset is committed and to be read. */
  boolean committed(Map<TopicPartition, Long> until) {
    return ask(
        c -> {
          Map<TopicPartition, Long> stable = c.endOffsets(until.keySet());
          return until.entrySet().stream()
              .allMatch(wanted -> stable.getOrDefault(wanted.getKey(), 0L) >= wanted.getValue());
        });
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      consumer.close();
    } finally {
      lock.unlock();
    }
  }
}
