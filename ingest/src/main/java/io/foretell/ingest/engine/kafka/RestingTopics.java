package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Kept;
import io.foretell.ingest.engine.Resting;
import io.foretell.proto.DeviceId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** The topics of an installation at rest. */
public final class RestingTopics implements Resting {
  private static final int PAGE = 4096;

  // A transaction that was cut off is ended by the brokers after its own time and a round of
  // theirs.
  private static final long UNSETTLED_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final KafkaEngineOptions options;
  private final Names names;
  private final Admin admin;
  private final LogReader reader;
  private final Sealing sealing;
  private final About about;
  private final Map<TopicPartition, Long> ends;

  private RestingTopics(
      KafkaEngineOptions options,
      Admin admin,
      LogReader reader,
      Sealing sealing,
      About about,
      Map<TopicPartition, Long> ends) {
    this.options = options;
    this.names = new Names(options.prefix());
    this.admin = admin;
    this.reader = reader;
    this.sealing = sealing;
    this.about = about;
    this.ends = ends;
  }

  /**
   * Opens them.
   *
   * @param keys by which they are sealed
   * @throws KafkaRefusedException where no broker answers, the topics are not there or do not fit,
   *     or a process of the installation runs
   */
  public static RestingTopics open(
      KafkaEngineOptions options, Collection<String> lanes, LaneKeys keys) {
    return open(options, lanes, keys, true);
  }

  /**
   * The same.
   *
   * @param whole false: what a migration is filling
   */
  static RestingTopics open(
      KafkaEngineOptions options, Collection<String> lanes, LaneKeys keys, boolean whole) {
    Clients clients = new Clients(options);
    Admin admin = clients.admin();
    LogReader reader = null;
    RestingTopics opened = null;
    try {
      TopicSetup setup = new TopicSetup(admin, options);
      setup.answer();
      if (!setup.there(lanes)) {
        throw new KafkaRefusedException(
            "there are no topics "
                + options.prefix()
                + ".* at "
                + options.bootstrap()
                + "; see engine.kafka.bootstrap and engine.kafka.prefix");
      }
      var asking = clients.reader();
      reader = new LogReader(asking, options.patience());
      About about = About.read(asking, new Names(options.prefix()).about(), options.patience());
      setup.requireKnown(about);
      if (whole) {
        setup.requireWhole(about);
      }
      RestingTopics made =
          new RestingTopics(options, admin, reader, new Sealing(keys), about, new HashMap<>());
      made.requireStopped();
      made.ends.putAll(made.settledEnds(lanes));
      opened = made;
      return made;
    } finally {
      if (opened == null) {
        if (reader != null) {
          reader.close();
        }
        admin.close();
      }
    }
  }

  /** Refuses where a stage or a sink of the installation has a process. */
  private void requireStopped() {
    List<String> groups = groups();
    Map<String, KafkaFuture<ConsumerGroupDescription>> asked =
        admin.describeConsumerGroups(groups).describedGroups();
    for (String group : groups) {
      ConsumerGroupDescription found = described(asked.get(group));
      if (found != null && !found.members().isEmpty()) {
        throw new KafkaRefusedException(
            "group "
                + group
                + " has members: stop all processes of the installation first; one that was killed"
                + " is forgotten after 10 s");
      }
    }
  }

  private List<String> groups() {
    return answered(admin.listGroups().all()).stream()
        .map(group -> group.groupId())
        .filter(names::own)
        .toList();
  }

  private @Nullable ConsumerGroupDescription described(
      @Nullable KafkaFuture<ConsumerGroupDescription> asked) {
    try {
      return asked == null ? null : asked.get(options.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return null;
      }
      throw new KafkaRefusedException("groups cannot be looked at: " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new KafkaRefusedException("groups cannot be looked at: no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaRefusedException("interrupted", e);
    }
  }

  private <T> T answered(KafkaFuture<T> asked) {
    try {
      return asked.get(options.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaRefusedException("the brokers do not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaRefusedException("interrupted", e);
    }
  }

  /** Where the lanes end, once no transaction is open that hides what is behind it. */
  private Map<TopicPartition, Long> settledEnds(Collection<String> lanes) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (String lane : lanes) {
      for (int p = 0; p < options.partitions(); p++) {
        latest.put(new TopicPartition(names.topic(lane), p), OffsetSpec.latest());
      }
    }
    Map<TopicPartition, Long> highest = new HashMap<>();
    answered(admin.listOffsets(latest).all())
        .forEach((at, found) -> highest.put(at, offset(found)));
    long limit = System.nanoTime() + UNSETTLED_NANOS;
    while (!reader.committed(highest)) {
      if (System.nanoTime() > limit) {
        throw new KafkaRefusedException(
            "a transaction on the topics "
                + options.prefix()
                + ".* stays open; see that no process of the installation runs");
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
    return highest;
  }

  private static long offset(ListOffsetsResult.ListOffsetsResultInfo found) {
    return found.offset();
  }

  @Override
  public int partitions() {
    return options.partitions();
  }

  @Override
  public long before(String lane, int partition) {
    return about.entriesBefore(lane, partition)
        + reader.begin(new TopicPartition(names.topic(lane), partition));
  }

  /**
   * {@inheritDoc} An entry has no time before that of a tick by the clock that fell before it, as
   * on the embedded engine: so a replay ticks at the same places without the list of ticks.
   */
  @Override
  public long entries(String lane, int partition, Consumer<Kept> to) {
    Deque<ByteBuffer> ticks = new ArrayDeque<>();
    each(names.ticks(lane), partition, tick -> ticks.add(ByteBuffer.wrap(tick.value())));
    long[] floor = {Long.MIN_VALUE};
    long[] erased = {0};
    pages(
        names.topic(lane),
        partition,
        page -> {
          Map<UUID, LaneKey> keys = sealing.keys().find(KafkaLane.sealedBy(page));
          for (ConsumerRecord<byte[], byte[]> found : page) {
            while (!ticks.isEmpty() && ticks.element().getLong(0) <= found.offset()) {
              floor[0] = Math.max(floor[0], ticks.remove().getLong(Long.BYTES));
            }
            if (!KafkaLane.erases(found.headers())) {
              long at = Math.max(floor[0], found.timestamp());
              Kept kept = kept(lane, found, at, keys);
              if (kept == null) {
                erased[0]++;
              } else {
                to.accept(kept);
              }
            }
          }
        });
    return erased[0];
  }

  /** An entry as it was before it was sealed; null where its key is destroyed. */
  private @Nullable Kept kept(
      String lane, ConsumerRecord<byte[], byte[]> found, long at, Map<UUID, LaneKey> keys) {
    UUID id = Names.sealedBy(found.key());
    if (id == null) {
      return new Kept(found.offset(), Names.device(found.key()), at, found.value());
    }
    LaneKey key = keys.get(id);
    return key == null
        ? null
        : new Kept(found.offset(), key.device(), at, sealing.open(lane, key, found.value()));
  }

  private void each(String topic, int partition, Consumer<ConsumerRecord<byte[], byte[]>> to) {
    pages(topic, partition, page -> page.forEach(to));
  }

  private void pages(
      String topic, int partition, Consumer<List<ConsumerRecord<byte[], byte[]>>> to) {
    TopicPartition place = new TopicPartition(topic, partition);
    long next = reader.begin(place);
    long end = reader.end(place);
    while (next < end) {
      List<ConsumerRecord<byte[], byte[]>> page = reader.read(place, next, PAGE);
      to.accept(page);
      next = page.isEmpty() ? end : page.get(page.size() - 1).offset() + 1;
    }
  }

  @Override
  public OptionalLong offset(String name, String lane, int partition) {
    TopicPartition place = new TopicPartition(names.topic(lane), partition);
    OffsetAndMetadata at =
        answered(admin.listConsumerGroupOffsets(names.group(name)).partitionsToOffsetAndMetadata())
            .get(place);
    return at == null ? OptionalLong.empty() : OptionalLong.of(at.offset());
  }

  @Override
  public void states(String stage, BiConsumer<DeviceId, byte[]> to) {
    String changelog = names.states(stage);
    if (!new TopicSetup(admin, options).isThere(changelog)) {
      return;
    }
    for (int p = 0; p < options.partitions(); p++) {
      // A device has a record for each change until the brokers compact them.
      Map<Bytes, Long> newest = new HashMap<>();
      each(changelog, p, found -> newest.put(Bytes.wrap(found.key()), found.offset()));
      each(
          changelog,
          p,
          found -> {
            boolean last = newest.getOrDefault(Bytes.wrap(found.key()), -1L) == found.offset();
            if (last && found.value() != null && Names.isDevice(found.key())) {
              state(stage, Names.device(found.key()), found.value(), to);
            }
          });
    }
  }

  private void state(String stage, DeviceId device, byte[] kept, BiConsumer<DeviceId, byte[]> to) {
    byte[] record = sealing.openState(stage, device, kept);
    if (record != null) {
      to.accept(device, record);
    }
  }

  @Override
  public void requireUnchanged() {
    requireStopped();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    ends.keySet().forEach(at -> latest.put(at, OffsetSpec.latest()));
    answered(admin.listOffsets(latest).all())
        .forEach(
            (at, found) -> {
              if (offset(found) != ends.getOrDefault(at, 0L)) {
                throw new KafkaRefusedException(
                    "topic "
                        + at.topic()
                        + " was written to meanwhile: stop all processes of the installation,"
                        + " gateways too, and migrate again");
              }
            });
  }

  /** Says that all of it was moved elsewhere, so that no server starts on it again. */
  public static void moved(KafkaEngineOptions options, String to) {
    Clients clients = new Clients(options);
    try (Admin admin = clients.admin();
        var producer = clients.producer()) {
      new TopicSetup(admin, options).write(producer, About.MOVED, to);
    }
  }

  @Override
  public void close() {
    reader.close();
    admin.close();
  }
}
