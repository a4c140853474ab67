package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Held;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Health;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Severity;
import io.foretell.proto.Stage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stage under its name: an application of Kafka Streams, and its states to read. */
final class HostedStage<S, I> {
  /** The store of the states of devices. */
  static final String STATES = "states";

  /** The store of the index of timers, and of the offset to go on from. */
  static final String TIMERS = "timers";

  private static final Logger LOG = LoggerFactory.getLogger(HostedStage.class);
  private static final Duration CLOSE = Duration.ofSeconds(20);
  private static final int PAGE = 256;
  private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final String name;
  private final KafkaLane<I> lane;
  private final Stage<S, I> stage;
  private final Sealing sealing;
  private final Map<Integer, StageProcessor<S, I>> processors = new ConcurrentHashMap<>();
  private final CountDownLatch ran = new CountDownLatch(1);
  private @Nullable KafkaStreams streams;
  private @Nullable Transactions transactions;

  HostedStage(String name, KafkaLane<I> lane, Stage<S, I> stage, Sealing sealing) {
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

  Stage<S, I> stage() {
    return stage;
  }

  void runs(int partition, StageProcessor<S, I> processor) {
    processors.put(partition, processor);
  }

  void ends(int partition, StageProcessor<S, I> processor) {
    processors.remove(partition, processor);
  }

  @Nullable Transactions transactions() {
    return transactions;
  }

  /** Joins the other processes that host it. */
  void start(Hosting hosting, Clients clients) {
    Transactions seen =
        new Transactions(hosting.options().prefix() + ".", hosting.options().commitInterval());
    transactions = seen;
    KafkaStreams made =
        new KafkaStreams(topology(hosting), clients.streams(hosting.names().group(name)), seen);
    made.setStateListener(
        (now, before) -> {
          if (now == KafkaStreams.State.RUNNING) {
            ran.countDown();
            hosting.notices().clear(name);
          }
        });
    made.setUncaughtExceptionHandler(failure -> failed(hosting, failure));
    streams = made;
    made.start();
  }

  private StreamThreadExceptionResponse failed(Hosting hosting, Throwable failure) {
    if (hosting.closing()) {
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.error("{}: STAGE_FAILING, it is tried again", name, failure);
    hosting
        .notices()
        .put(
            name,
            new Health.Notice(
                "STAGE_FAILING",
                Severity.MAJOR,
                name + " does not get on: " + failure.getMessage(),
                "Its input is kept and it is tried again; see the log for the cause."));
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  private Topology topology(Hosting hosting) {
    Topology topology = new Topology();
    topology.addSource(
        "lane", new ByteArrayDeserializer(), new ByteArrayDeserializer(), lane.topic());
    topology.addProcessor("fold", () -> new StageProcessor<>(this, hosting), "lane");
    topology.addStateStore(store(STATES), "fold");
    topology.addStateStore(store(TIMERS), "fold");
    topology.addSink(
        "outputs",
        (Output key, byte[] value, RecordContext context) -> key.topic(),
        (topic, key) -> bytes(key),
        new ByteArraySerializer(),
        (String topic, Output key, byte[] value, int count) -> Optional.of(Set.of(key.partition())),
        "fold");
    return topology;
  }

  private static byte @Nullable [] bytes(Output output) {
    UUID key = output.key();
    return key == null ? null : Names.sealed(key);
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
        .withLoggingEnabled(TopicSetup.CHANGELOG)
        .withCachingDisabled();
  }

  /** Waits until it runs; where that takes longer it goes on by itself. */
  boolean awaitRunning(Duration limit) {
    try {
      return ran.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether it runs, or is about to again. */
  boolean up() {
    KafkaStreams now = streams;
    return now != null && now.state().isRunningOrRebalancing();
  }

  /** The offset up to which a partition is committed; null where another process has it. */
  @Nullable Long safe(int partition) {
    StageProcessor<S, I> here = processors.get(partition);
    return here == null ? null : here.safe();
  }

  Optional<S> state(DeviceId key, int partition, Duration patience) {
    byte[] kept =
        read(
            partition,
            patience,
            processor ->
                processor.committedStates().get(Bytes.wrap(Names.key(key)), stored(partition)));
    return Optional.ofNullable(kept).flatMap(found -> decode(key, found));
  }

  /** Empty where its key is destroyed. */
  private Optional<S> decode(DeviceId key, byte[] kept) {
    return Optional.ofNullable(sealing.openState(name, key, kept))
        .map(record -> stage.codec().decode(Held.encodedState(record)));
  }

  /** How many records of a partition of its lane were no entries. */
  long passed(int partition, Duration patience) {
    byte[] kept =
        read(
            partition,
            patience,
            processor ->
                processor
                    .committedStates()
                    .get(Bytes.wrap(Names.passed(partition)), stored(partition)));
    return kept == null ? 0 : ByteBuffer.wrap(kept).getLong();
  }

  /** Walks through the states of all partitions that are here, in the order of the keys. */
  void each(int partitions, Duration patience, BiConsumer<DeviceId, S> visitor) {
    PriorityQueue<Cursor> cursors =
        new PriorityQueue<>(Comparator.comparing((Cursor cursor) -> cursor.head().key));
    for (int p = 0; p < partitions; p++) {
      Cursor cursor = new Cursor(p, patience);
      if (cursor.advance()) {
        cursors.add(cursor);
      }
    }
    while (!cursors.isEmpty()) {
      Cursor first = cursors.remove();
      KeyValue<Bytes, byte[]> found = first.head();
      DeviceId key = Names.device(found.key.get());
      decode(key, found.value).ifPresent(state -> visitor.accept(key, state));
      if (first.advance()) {
        cursors.add(first);
      }
    }
  }

  /** Where a walk stands in one partition. */
  private final class Cursor {
    private final int partition;
    private final Duration patience;
    private Iterator<KeyValue<Bytes, byte[]>> page =
        new ArrayList<KeyValue<Bytes, byte[]>>().iterator();
    private @Nullable KeyValue<Bytes, byte[]> head;

    Cursor(int partition, Duration patience) {
      this.partition = partition;
      this.patience = patience;
    }

    KeyValue<Bytes, byte[]> head() {
      return Objects.requireNonNull(head);
    }

    boolean advance() {
      if (!page.hasNext()) {
        Bytes after = head == null ? null : head.key;
        List<KeyValue<Bytes, byte[]>> next =
            read(
                partition,
                patience,
                processor -> processor.committedStates().page(after, PAGE, stored(partition)));
        next.removeIf(record -> !Names.isDevice(record.key.get()));
        sealing.expect(next.stream().map(record -> record.value).toList());
        page = next.iterator();
      }
      if (!page.hasNext()) {
        return false;
      }
      head = page.next();
      return true;
    }
  }

  private ReadOnlyKeyValueStore<Bytes, byte[]> stored(int partition) {
    KafkaStreams now = streams;
    if (now == null) {
      throw new LaneUnavailableException("the engine is not started, or closed");
    }
    return now.store(
        StoreQueryParameters.fromNameAndType(
                STATES, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
            .withPartition(partition));
  }

  // While tasks move between processes their stores are closed for a moment.
  private <T extends @Nullable Object> T read(
      int partition, Duration patience, Function<StageProcessor<S, I>, T> question) {
    long limit = System.nanoTime() + patience.toNanos();
    while (true) {
      StageProcessor<S, I> here = processors.get(partition);
      RuntimeException failure = null;
      if (here != null) {
        try {
          return question.apply(here);
        } catch (InvalidStateStoreException e) {
          failure = e;
        }
      }
      if (System.nanoTime() > limit || !up()) {
        String text = name + ": the states of partition " + partition + " are not in this process";
        throw failure == null
            ? new LaneUnavailableException(text)
            : new LaneUnavailableException(text, failure);
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  /** Leaves the others; what is not committed is done again by whoever takes over. */
  void close() {
    KafkaStreams now = streams;
    streams = null;
    if (now != null
        && !now.close(
            CloseOptions.timeout(CLOSE)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP))) {
      LOG.warn("{}: still ends", name);
    }
  }
}
