package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Filling;
import io.foretell.ingest.engine.Held;
import io.foretell.ingest.engine.Kept;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.ingest.engine.Resting;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * New topics that are filled with what another engine has. Until {@link #finish} they say of
 * themselves that they are half done: no server starts on them, and another try clears them away.
 *
 * <p>States go to the changelogs of Kafka Streams, from which a stage learns them at its first
 * start, whatever the lanes still keep.
 */
public final class FillingTopics implements Filling {
  private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final KafkaEngineOptions options;
  private final Names names;
  private final Sealing sealing;
  private final Collection<String> lanes;
  private final Admin admin;
  private final TopicSetup setup;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Map<String, Long> befores = new HashMap<>();
  private final Map<String, Map<TopicPartition, OffsetAndMetadata>> groups = new HashMap<>();

  private FillingTopics(
      KafkaEngineOptions options, Collection<String> lanes, Sealing sealing, Admin admin) {
    this.options = options;
    this.sealing = sealing;
    this.names = new Names(options.prefix());
    this.lanes = List.copyOf(lanes);
    this.admin = admin;
    this.setup = new TopicSetup(admin, options);
    this.producer = new Clients(options).loader();
  }

  /**
   * Refuses a place that is not free; what a migration has left half done does not count.
   *
   * @throws KafkaRefusedException where no broker answers, or there are topics already
   */
  public static void requireFree(KafkaEngineOptions options) {
    try (Admin admin = new Clients(options).admin()) {
      TopicSetup setup = new TopicSetup(admin, options);
      setup.answer();
      requireFree(options, admin, setup);
    }
  }

  /**
   * Makes the topics.
   *
   * @param why what they say while they are half done
   * @param keys by which what is filled in is sealed
   * @throws KafkaRefusedException as {@link #requireFree}
   */
  public static FillingTopics in(
      KafkaEngineOptions options,
      Collection<String> lanes,
      Collection<String> stages,
      String why,
      LaneKeys keys) {
    Admin admin = new Clients(options).admin();
    FillingTopics made = null;
    boolean ready = false;
    try {
      TopicSetup setup = new TopicSetup(admin, options);
      setup.answer();
      clear(options, admin, requireFree(options, admin, setup));
      made = new FillingTopics(options, lanes, new Sealing(keys), admin);
      made.make(stages, why);
      ready = true;
      return made;
    } finally {
      if (!ready) {
        if (made != null) {
          made.close();
        } else {
          admin.close();
        }
      }
    }
  }

  /** What another try has left; empty where there is nothing. */
  private static Collection<String> requireFree(
      KafkaEngineOptions options, Admin admin, TopicSetup setup) {
    Names names = new Names(options.prefix());
    Collection<String> there = new TreeSet<>(own(options, admin));
    if (there.isEmpty() || setup.isThere(names.about()) && halfDone(options, names)) {
      return there;
    }
    throw new KafkaRefusedException(
        "there are topics "
            + options.prefix()
            + ".* already: set another engine.kafka.prefix, or delete them where nobody needs them"
            + " (kafka-topics.sh --delete --topic '"
            + options.prefix()
            + "[.].*')");
  }

  private static boolean halfDone(KafkaEngineOptions options, Names names) {
    try (var reader = new Clients(options).reader()) {
      return About.read(reader, names.about(), options.patience()).word(About.FILLING).isPresent();
    }
  }

  private static Collection<String> own(KafkaEngineOptions options, Admin admin) {
    Names names = new Names(options.prefix());
    return answered(options, admin.listTopics().names()).stream().filter(names::own).toList();
  }

  private static void clear(KafkaEngineOptions options, Admin admin, Collection<String> leftovers) {
    if (leftovers.isEmpty()) {
      return;
    }
    answered(options, admin.deleteTopics(leftovers).all());
    long limit = System.nanoTime() + GONE_NANOS;
    while (!own(options, admin).isEmpty()) {
      if (System.nanoTime() > limit) {
        throw new KafkaRefusedException(
            "the topics that another try has left are still there; try again");
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  private static <T> T answered(KafkaEngineOptions options, KafkaFuture<T> asked) {
    try {
      return asked.get(options.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaRefusedException("the brokers refuse: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaRefusedException("interrupted", e);
    }
  }

  private void make(Collection<String> stages, String why) {
    setup.about();
    setup.write(producer, About.FILLING, why);
    setup.write(producer, About.FORMAT, "" + TopicSetup.FORMAT);
    setup.lanes(lanes);
    for (String stage : stages) {
      setup.changelog(stage);
      setup.timers(stage);
    }
  }

  @Override
  public int partitions() {
    return options.partitions();
  }

  @Override
  public long begin(String lane, int partition, long before) {
    next.put(new TopicPartition(names.topic(lane), partition), 0L);
    befores.put(About.before(lane, partition), before);
    return 0;
  }

  /** {@inheritDoc} Topics have no places that are taken by nothing, so they count as before. */
  @Override
  public long end(String lane, int partition, long erased) {
    long before = befores.getOrDefault(About.before(lane, partition), 0L) + erased;
    if (before > 0) {
      setup.write(producer, About.before(lane, partition), "" + before);
    }
    return next.getOrDefault(new TopicPartition(names.topic(lane), partition), 0L);
  }

  @Override
  public long append(String lane, int partition, Kept entry) {
    TopicPartition place = new TopicPartition(names.topic(lane), partition);
    long offset = next.getOrDefault(place, 0L);
    next.put(place, offset + 1);
    LaneKey by = key(entry.key());
    send(
        new ProducerRecord<>(
            place.topic(),
            partition,
            Math.max(0, entry.at()),
            Names.sealed(by.id()),
            sealing.seal(lane, by, entry.value())),
        offset);
    return offset;
  }

  private LaneKey key(DeviceId device) {
    LaneKey known = sealing.keys().known(device);
    try {
      return known == null ? sealing.keys().of(device).toCompletableFuture().join() : known;
    } catch (CompletionException e) {
      throw new KafkaRefusedException("no key to seal by: " + e.getCause(), e);
    }
  }

  private void send(ProducerRecord<byte[], byte[]> message, long expected) {
    requireGood();
    producer.send(
        message,
        (at, failed) -> {
          if (failed != null) {
            failure.compareAndSet(null, failed);
          } else if (expected >= 0 && at.offset() != expected) {
            failure.compareAndSet(
                null, new IllegalStateException("another process writes to " + at.topic()));
          }
        });
  }

  private void requireGood() {
    Exception failed = failure.get();
    if (failed != null) {
      throw new KafkaRefusedException(
          "the topics cannot be filled: " + failed.getMessage(), failed);
    }
  }

  @Override
  public void state(String stage, String from, DeviceId key, byte[] record) {
    int partition = Partitioning.of(key, options.partitions());
    changelog(
        names.states(stage), partition, Names.key(key), sealing.sealState(stage, key(key), record));
    long wakeAt = Held.timer(record);
    if (wakeAt != Stage.NEVER) {
      changelog(names.timers(stage), partition, Names.timer(wakeAt, key), new byte[0]);
    }
  }

  private void changelog(String topic, int partition, byte[] key, byte[] value) {
    send(new ProducerRecord<>(topic, partition, key, value), -1);
  }

  @Override
  public void stageOffset(String stage, String from, int partition, long offset) {
    byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
    changelog(names.timers(stage), partition, Names.NEXT, value);
    sinkOffset(stage, from, partition, offset);
  }

  @Override
  public void sinkOffset(String sink, String from, int partition, long offset) {
    groups
        .computeIfAbsent(names.group(sink), group -> new HashMap<>())
        .put(new TopicPartition(names.topic(from), partition), new OffsetAndMetadata(offset));
  }

  @Override
  public Resting filled() {
    producer.flush();
    requireGood();
    List<KafkaFuture<Void>> asked = new ArrayList<>();
    groups.forEach(
        (group, offsets) -> asked.add(admin.alterConsumerGroupOffsets(group, offsets).all()));
    asked.forEach(done -> answered(options, done));
    return RestingTopics.open(options, lanes, sealing.keys(), false);
  }

  @Override
  public void finish() {
    setup.write(producer, About.FILLING, null);
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
