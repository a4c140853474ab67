package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.Notices;
import io.foretell.proto.Entry;
import io.foretell.proto.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the stages and sinks of one running engine share.
 *
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

  /** What a record stands for; bytes that are no entry cost themselves, not the partition. */
  <I> Optional<Entry<I>> entry(
      String reader, KafkaLane<I> lane, ConsumerRecord<byte[], byte[]> found) {
    try {
      return Optional.of(lane.entry(found));
    } catch (RuntimeException e) {
      // Boundary: whoever wrote to the topic.
      LOG.error(
          "{}: ENTRY_SKIPPED, no entry at {}/{}", reader, found.partition(), found.offset(), e);
      skipped.increment();
      return Optional.empty();
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
