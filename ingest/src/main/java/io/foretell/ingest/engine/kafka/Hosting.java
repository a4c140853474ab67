package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.Notices;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Severity;
import io.foretell.proto.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the stages and sinks of one running engine share.
 *
 * @param passed counts the records that were passed over since their key is destroyed
 * @param sinks of pass topics, by topic
 * @param lanes gives the lane of a durable topic, which is made where there is none
 * @param timer does what is to be done later; what it does may block for a while
 * @param shut completes when the engine closes
 */
record Hosting(
    KafkaEngineOptions options,
    Names names,
    InstantSource clock,
    Notices notices,
    Sealing sealing,
    LongAdder passed,
    LongAdder skipped,
    LongAdder sinkFailures,
    Map<String, List<Attached<?>>> sinks,
    Function<Topic<?>, KafkaLane<?>> lanes,
    ScheduledExecutorService timer,
    CompletableFuture<Void> shut)
    implements Attached.Host {
  private static final Logger LOG = LoggerFactory.getLogger(Hosting.class);

  List<Attached<?>> sinks(String topic) {
    return sinks.getOrDefault(topic, List.of());
  }

  KafkaLane<?> lane(Topic<?> topic) {
    return lanes.apply(topic);
  }

  Transactions transactions(HostedStage<?, ?> hosted) {
    return Objects.requireNonNull(hosted.transactions());
  }

  /**
   * What records stand for. Those whose key is destroyed are passed over; bytes that are no entry
   * cost themselves, not the partition. Waits while keys cannot be asked for.
   *
   * @throws WakeupException where the engine closes meanwhile
   */
  <I> List<Entry<I>> entries(
      String reader, KafkaLane<I> lane, List<ConsumerRecord<byte[], byte[]>> records) {
    Map<UUID, LaneKey> keys = keys(reader, KafkaLane.sealedBy(records));
    List<Entry<I>> entries = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> found : records) {
      try {
        Entry<I> entry = lane.entry(found, keys);
        if (entry != null) {
          entries.add(entry);
        } else {
          passed.increment();
        }
      } catch (RuntimeException e) {
        // Boundary: whoever wrote to the topic.
        LOG.error(
            "{}: ENTRY_SKIPPED, no entry at {}/{}", reader, found.partition(), found.offset(), e);
        skipped.increment();
      }
    }
    return entries;
  }

  /** Keys by their ids; see {@link LaneKeys#find}. Waits while they cannot be asked for. */
  Map<UUID, LaneKey> keys(String reader, Collection<UUID> ids) {
    return asked(reader, () -> sealing.keys().find(ids));
  }

  /** The key to seal by. Waits while it cannot be asked for. */
  LaneKey key(String reader, DeviceId device) {
    LaneKey known = sealing.keys().known(device);
    return known == null
        ? asked(reader, () -> await(sealing.keys().of(device).toCompletableFuture()))
        : known;
  }

  /**
   * The record of a state; null where its key is destroyed. Waits while keys cannot be asked for.
   */
  byte @Nullable [] state(String stage, DeviceId device, byte[] kept) {
    return asked(stage, () -> Optional.ofNullable(sealing.openState(stage, device, kept)))
        .orElse(null);
  }

  /** Whether the key of a state is destroyed. Waits while keys cannot be asked for. */
  boolean gone(String stage, byte[] kept) {
    return asked(stage, () -> sealing.gone(kept));
  }

  private static LaneKey await(CompletableFuture<LaneKey> asked) {
    try {
      return asked.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof LaneUnavailableException away
          ? away
          : new LaneUnavailableException("no key", e);
    }
  }

  // That keys cannot be asked for must not be taken for that they are destroyed.
  private <T> T asked(String reader, Supplier<T> question) {
    String subject = reader + "/keys";
    boolean waited = false;
    while (true) {
      try {
        T answer = question.get();
        if (waited) {
          notices.clear(subject);
          LOG.info("{}: the keys of devices are there again", reader);
        }
        return answer;
      } catch (LaneUnavailableException e) {
        if (closing()) {
          throw new WakeupException();
        }
        if (!waited) {
          waited = true;
          LOG.warn("{}: KEYS_UNAVAILABLE, it waits for the keys of devices: {}", reader, e + "");
          notices.put(
              subject,
              new Health.Notice(
                  "KEYS_UNAVAILABLE",
                  Severity.MAJOR,
                  reader + " waits for the keys of devices: " + e.getMessage(),
                  "Nothing is lost, it is tried again; see that the database of records is there."));
        }
        LockSupport.parkNanos(retryTo().toNanos() / 4);
      }
    }
  }

  @Override
  public boolean closing() {
    return shut.isDone();
  }

  @Override
  public void later(Runnable task, long nanos) {
    timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void sinkFailed() {
    sinkFailures.increment();
  }

  @Override
  public Duration retryFrom() {
    return options.retryFrom();
  }

  @Override
  public Duration retryTo() {
    return options.retryTo();
  }
}
