package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Held;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Stage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed states of a stage that any processes host, as a copy in this one: a global store of
 * Kafka Streams over the stage's changelog, of all partitions.
 */
final class StateCopy<S, I> {
  private static final Logger LOG = LoggerFactory.getLogger(StateCopy.class);
  private static final String COPY = "copy";
  private static final int PAGE = 256;
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final String name;
  private final KafkaLane<I> lane;
  private final Stage<S, I> stage;
  private final Sealing sealing;
  private final Map<TopicPartition, Long> copied = new ConcurrentHashMap<>();
  private final CountDownLatch ran = new CountDownLatch(1);
  private @Nullable KafkaStreams streams;
  private String topic = "";
  private volatile boolean failed;

  StateCopy(String name, KafkaLane<I> lane, Stage<S, I> stage, Sealing sealing) {
    this.sealing = sealing;
    this.name = name;
    this.lane = lane;
    this.stage = stage;
  }

  String name() {
    return name;
  }

  KafkaLane<I> lane() {
    return lane;
  }

  /** Begins to follow the changelog, which is there. */
  void start(Hosting hosting, Clients clients, LogReader reader) {
    String changelog = hosting.names().states(name);
    topic = changelog;
    Map<TopicPartition, Long> until = new HashMap<>();
    for (int p = 0; p < hosting.options().partitions(); p++) {
      TopicPartition partition = new TopicPartition(changelog, p);
      until.put(partition, reader.end(partition));
    }
    Properties settings = clients.streams(hosting.names().group(name) + "-" + COPY);
    KafkaStreams made = new KafkaStreams(topology(changelog), settings);
    made.setStateListener(
        (now, before) -> {
          if (now == KafkaStreams.State.RUNNING) {
            // What was there at the start is in the store before this.
            until.forEach((partition, end) -> copied.merge(partition, end, Math::max));
            ran.countDown();
          }
          failed = now == KafkaStreams.State.ERROR;
        });
    made.setUncaughtExceptionHandler(
        failure -> {
          LOG.error("{}: its states are not followed any more", name, failure);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams = made;
    made.start();
  }

  private Topology topology(String changelog) {
    Topology topology = new Topology();
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(COPY), Serdes.Bytes(), Serdes.ByteArray())
            .withLoggingDisabled()
            .withCachingDisabled(),
        "changelog",
        new BytesDeserializer(),
        new ByteArrayDeserializer(),
        changelog,
        "keep",
        Keeping::new);
    return topology;
  }

  /** Puts what comes, and notes how far it is. */
  private final class Keeping implements Processor<Bytes, byte[], Void, Void> {
    private @Nullable ProcessorContext<Void, Void> context;
    private @Nullable KeyValueStore<Bytes, byte[]> store;

    @Override
    public void init(@NonNull ProcessorContext<Void, Void> given) {
      context = given;
      store = given.getStateStore(COPY);
    }

    @Override
    public void process(@NonNull Record<Bytes, byte[]> given) {
      KeyValueStore<Bytes, byte[]> kept = store;
      ProcessorContext<Void, Void> here = context;
      if (kept == null || here == null) {
        throw new IllegalStateException("not initialised");
      }
      kept.put(given.key(), given.value());
      here.recordMetadata()
          .ifPresent(
              at ->
                  copied.merge(
                      new TopicPartition(at.topic(), at.partition()), at.offset() + 1, Math::max));
    }
  }

  /** Waits until it has what was there at the start; where that takes longer it goes on. */
  boolean awaitRunning(Duration limit) {
    try {
      return ran.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  boolean up() {
    return !failed;
  }

  /** Changes of states that the copy has not got yet. */
  long behind(LogReader reader) {
    long behind = reader.behind(Map.copyOf(copied));
    return ran.getCount() == 0 ? behind : Math.max(1, behind);
  }

  /** Whether it has what the changelog of a partition had at the time. */
  boolean has(int partition, long end) {
    return copied.getOrDefault(changelog(partition), 0L) >= end;
  }

  /** The changelog of a partition; only once it has started. */
  TopicPartition changelog(int partition) {
    return new TopicPartition(topic, partition);
  }

  Optional<S> state(DeviceId key) {
    return Optional.ofNullable(store().get(Bytes.wrap(Names.key(key))))
        .flatMap(kept -> decode(key, kept));
  }

  /** Walks through all states, in the order of the keys. */
  void each(BiConsumer<DeviceId, S> visitor) {
    List<KeyValue<Bytes, byte[]>> page = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> all = store().all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> found = all.next();
        if (Names.isDevice(found.key.get())) {
          page.add(found);
        }
        if (page.size() == PAGE || !all.hasNext()) {
          visit(page, visitor);
          page.clear();
        }
      }
    }
  }

  private void visit(List<KeyValue<Bytes, byte[]>> page, BiConsumer<DeviceId, S> visitor) {
    sealing.expect(page.stream().map(record -> record.value).toList());
    for (KeyValue<Bytes, byte[]> found : page) {
      DeviceId key = Names.device(found.key.get());
      decode(key, found.value).ifPresent(state -> visitor.accept(key, state));
    }
  }

  /** Empty where its key is destroyed. */
  private Optional<S> decode(DeviceId key, byte[] kept) {
    return Optional.ofNullable(sealing.openState(name, key, kept))
        .map(record -> stage.codec().decode(Held.encodedState(record)));
  }

  /**
   * Up to where a partition of the lane was read for the states that are here; null where they are
   * of an earlier version, nothing was read, or they are still being learnt.
   */
  @Nullable Long read(int partition) {
    if (ran.getCount() > 0) {
      return null;
    }
    byte[] kept = store().get(Bytes.wrap(Names.read(partition)));
    return kept == null ? null : ByteBuffer.wrap(kept).getLong();
  }

  /** How many records of a partition of the lane were no entries. */
  long passed(int partition) {
    byte[] kept = store().get(Bytes.wrap(Names.passed(partition)));
    return kept == null ? 0 : ByteBuffer.wrap(kept).getLong();
  }

  private ReadOnlyKeyValueStore<Bytes, byte[]> store() {
    KafkaStreams now = streams;
    if (now == null) {
      throw new LaneUnavailableException("the engine is not started, or closed");
    }
    try {
      return now.store(
          StoreQueryParameters.fromNameAndType(
              COPY, QueryableStoreTypes.<Bytes, byte[]>keyValueStore()));
    } catch (InvalidStateStoreException e) {
      throw new LaneUnavailableException(name + ": its states are still being learnt", e);
    }
  }

  void close() {
    KafkaStreams now = streams;
    streams = null;
    if (now != null && !now.close(CloseOptions.timeout(CLOSE))) {
      LOG.warn("{}: the copy of its states still ends", name);
    }
  }
}
