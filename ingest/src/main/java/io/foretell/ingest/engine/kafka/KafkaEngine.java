package io.foretell.ingest.engine.kafka;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.ErasableLanes;
import io.foretell.ingest.engine.Notices;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.ingest.engine.Replay;
import io.foretell.ingest.engine.Skips;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Engine;
import io.foretell.proto.Health;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Sink;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import io.foretell.proto.wire.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The distributed engine: what several processes run together on the same brokers.
 *
 * <ul>
 *   <li>A lane is a topic, partitioned by device. An append is acknowledged when all in-sync copies
 *       have it.
 *   <li>A stage is an application of Kafka Streams with exactly-once processing: states, timers,
 *       outputs and offset are one transaction.
 *   <li>A sink on a lane is a group of consumers, and gets a batch again until it has taken it.
 *   <li>Offsets on a lane that stages write to have gaps, one for each transaction. Positions and
 *       ordinals are the same after a crash and in a replay.
 *   <li>The states that can be read are those of the partitions that this process has, or all where
 *       it {@link #observe observes} the stage.
 *   <li>What the topics have of a device is sealed by a key of its own. An erasure destroys the
 *       key; the entries stay, and nobody can read them.
 * </ul>
 */
public final class KafkaEngine implements Engine, ErasableLanes {
  private static final String PART = "lanes";

  private final KafkaEngineOptions options;
  private final InstantSource clock;
  private final Names names;
  private final Notices notices = new Notices();
  private final Sealing sealing;
  private final LongAdder passed = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final LongAdder sinkFailures = new LongAdder();
  private final Map<String, KafkaLane<?>> lanes = new ConcurrentHashMap<>();
  private final Map<String, HostedStage<?, ?>> stages = new LinkedHashMap<>();
  private final Map<String, StateCopy<?, ?>> copies = new LinkedHashMap<>();
  private final Map<String, Attached<?>> sinks = new LinkedHashMap<>();
  private final List<Running.Following> followers = new ArrayList<>();
  private boolean begun;
  private volatile @Nullable Running running;

  /**
   * Makes the engine; connects to nothing yet.
   *
   * @param clock decides when states are ticked
   * @param keys by which what the topics have of devices is sealed
   */
  public KafkaEngine(KafkaEngineOptions options, InstantSource clock, LaneKeys keys) {
    this.sealing = new Sealing(keys);
    this.options = options;
    this.clock = clock;
    this.names = new Names(options.prefix());
  }

  @Override
  public <T> Lane<T> lane(Topic<T> topic) {
    return laneOf(topic);
  }

  // A topic's name stands for its type.
  @SuppressWarnings("unchecked")
  private <T> KafkaLane<T> laneOf(Topic<T> topic) {
    KafkaLane<?> known = lanes.get(topic.name());
    return known == null ? newLane(topic) : (KafkaLane<T>) known;
  }

  @SuppressWarnings("unchecked")
  private synchronized <T> KafkaLane<T> newLane(Topic<T> topic) {
    KafkaLane<?> known = lanes.get(topic.name());
    if (known != null) {
      return (KafkaLane<T>) known;
    }
    KafkaLane<T> made = new KafkaLane<>(topic, names, sealing);
    Running now = running;
    if (now != null) {
      now.open(List.of(made));
    }
    lanes.put(topic.name(), made);
    return made;
  }

  @Override
  public synchronized <S, I> void host(String name, Topic<I> from, Stage<S, I> stage) {
    requireNew(name);
    stages.put(name, new HostedStage<>(name, laneOf(from), stage, sealing));
  }

  @Override
  public synchronized <I> void attach(String name, Topic<I> from, Sink<I> sink) {
    requireNew(name);
    if (from.durable()) {
      laneOf(from);
    }
    sinks.put(name, new Attached<>(name, from, sink));
  }

  /**
   * Keeps a copy of the states of a stage that this and other processes host under the name, so
   * that all of them can be read here.
   */
  public synchronized <S, I> void observe(String name, Topic<I> from, Stage<S, I> stage) {
    requireOpen();
    copies.put(name, new StateCopy<>(name, laneOf(from), stage, sealing));
  }

  /**
   * Attaches a sink that gets every entry of a lane in each process that asks, while one that is
   * {@link #attach attached} gets them once in all of them.
   *
   * @param after it begins where the attached sink of this name stands at the start; empty: behind
   *     the last entry
   */
  public synchronized <I> void follow(
      String name, Topic<I> from, Sink<I> sink, Optional<String> after) {
    requireOpen();
    followers.add(new Running.Following(new Attached<>(name, from, sink), laneOf(from), after));
  }

  private void requireOpen() {
    if (begun) {
      throw new IllegalStateException("stages and sinks are set up before the start");
    }
  }

  private void requireNew(String name) {
    requireOpen();
    if (!name.matches("[a-zA-Z0-9_-]+")) {
      throw new IllegalArgumentException("no name of a stage or sink: '" + name + "'");
    }
    if (stages.containsKey(name) || sinks.containsKey(name)) {
      throw new IllegalArgumentException("the name is taken: " + name);
    }
  }

  /**
   * Makes the topics that are not there and starts all that is hosted.
   *
   * @throws KafkaRefusedException where no broker answers, or the topics do not fit
   */
  @Override
  public synchronized void start() {
    if (begun) {
      throw new IllegalStateException("an engine starts once");
    }
    begun = true;
    laneOf(Topics.REJECTS);
    Running starting =
        new Running(
            options, names, clock, notices, sealing, passed, skipped, sinkFailures, this::laneOf);
    boolean started = false;
    try {
      starting.connect(lanes.values());
      running = starting;
      starting.host(stages.values(), sinks.values());
      starting.observe(copies.values(), followers);
      started = true;
    } finally {
      if (!started) {
        running = null;
        starting.close(lanes.values());
      }
    }
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("the engine is not started, or closed");
    }
    return now;
  }

  @Override
  public <S> Optional<S> state(String name, DeviceId key, Class<S> type) {
    StateCopy<?, ?> copy = copies.get(name);
    if (copy != null) {
      running();
      return copy.state(key).map(type::cast);
    }
    HostedStage<?, ?> hosted = stage(name);
    running();
    int partition = Partitioning.of(key, options.partitions());
    return hosted.state(key, partition, options.patience()).map(type::cast);
  }

  @Override
  public <S> void eachState(String name, Class<S> type, BiConsumer<DeviceId, S> visitor) {
    StateCopy<?, ?> copy = copies.get(name);
    if (copy != null) {
      running();
      copy.each((key, state) -> visitor.accept(key, type.cast(state)));
      return;
    }
    HostedStage<?, ?> hosted = stage(name);
    running();
    hosted.each(
        options.partitions(),
        options.patience(),
        (key, state) -> visitor.accept(key, type.cast(state)));
  }

  private HostedStage<?, ?> stage(String name) {
    HostedStage<?, ?> hosted = stages.get(name);
    if (hosted == null) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no stage of the name " + name);
    }
    return hosted;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Ticks by the clock fall where the hosted stages of the lane had them. After the last entry
   * the devices are ticked until the latest time that any entry read has, that moment included.
   */
  @Override
  public <S, I> long replay(Topic<I> from, Stage<S, I> stage, Emit out) {
    Running now = running();
    Skips<I> skips = new Skips<>("replay", new LongAdder(), new Notices());
    return new Replay<>(stage, from.name(), out, options.cachedStates(), skips)
        .run(laneOf(from), partition -> now.ticks(from.name(), partition));
  }

  /**
   * {@inheritDoc} For a sink on a pass topic: what it has been given and has not taken yet. For a
   * stage that is observed here, changes of its states that have not come here yet are counted as
   * well.
   */
  @Override
  public long lag(String name) {
    Running now = running;
    HostedStage<?, ?> stage = stages.get(name);
    StateCopy<?, ?> copy = copies.get(name);
    if (stage != null || copy != null) {
      return now == null ? 0 : now.lag(stage, copy);
    }
    Attached<?> sink = sinks.get(name);
    if (sink == null) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no stage or sink of the name " + name);
    }
    if (now == null) {
      return 0;
    }
    return sink.from().durable() ? now.lag(name, laneOf(sink.from())) : sink.open();
  }

  /**
   * How many entries a lane of this engine keeps. {@link Lane#end} also counts the transactions of
   * stages that write to it. The first call reads the whole lane, later ones what is new.
   */
  public long count(Lane<?> lane) {
    return lane instanceof KafkaLane<?> own ? own.count() : 0;
  }

  /** How many entries a lane was given before it was moved here without them. */
  public long before(Lane<?> lane) {
    Running now = running;
    return now != null && lane instanceof KafkaLane<?> own ? now.before(own.name()) : 0;
  }

  /**
   * How many records of its lane a stage has passed over since it is hosted: what could not be read
   * any more since its device was erased, what erased it, and what was no entry. They count among
   * the offsets, and among what it has read. 0 where the stage is in other processes.
   *
   * @throws LaneUnavailableException where some of its states are in other processes only
   */
  public long passed(String name) {
    running();
    StateCopy<?, ?> copy = copies.get(name);
    HostedStage<?, ?> hosted = stages.get(name);
    long sum = 0;
    for (int p = 0; p < options.partitions(); p++) {
      if (copy != null) {
        sum += copy.passed(p);
      } else if (hosted != null) {
        sum += hosted.passed(p, options.patience());
      }
    }
    return sum;
  }

  /** Records that could not be read any more since their device was erased, since the start. */
  public long unreadable() {
    return passed.sum();
  }

  @Override
  public void settle(DeviceId device, Duration patience) {
    eraser().settle(device, patience);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The entries stay on the topics, sealed by a key that nobody has. Those that an earlier
   * version wrote in the clear are not reached; they are told of as {@code clear:lane}.
   */
  @Override
  public Map<String, Long> erase(DeviceId device, Duration patience) {
    return eraser().erase(device, patience);
  }

  private KafkaEraser eraser() {
    Running now = running;
    if (now == null) {
      throw new LaneUnavailableException("the engine is not started, or closed");
    }
    synchronized (this) {
      return new KafkaEraser(
          now,
          sealing.keys(),
          clock,
          List.copyOf(lanes.values()),
          Map.copyOf(stages),
          Map.copyOf(copies),
          List.copyOf(sinks.values()));
    }
  }

  /** Entries that a stage failed at, since the start. */
  public long skipped() {
    return skipped.sum();
  }

  /** Batches that a sink did not take at once, since the start. */
  public long sinkFailures() {
    return sinkFailures.sum();
  }

  @Override
  public Health health() {
    Running now = running;
    return now == null
        ? Health.bad(PART, "NOT_RUNNING", "The engine is not started, or closed.", "Start it.")
        : new Health(PART, now.up(stages.values(), copies.values()), notices.list());
  }

  /** Ends the passes, sends what was taken, and leaves the brokers. */
  @Override
  public void close() {
    Running now;
    synchronized (this) {
      now = running;
      running = null;
    }
    if (now != null) {
      now.close(lanes.values());
    }
  }
}
