package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.ErasableLanes;
import io.foretell.ingest.engine.Notices;
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
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The embedded engine: lanes, stage states and offsets in one RocksDB in a folder.
 *
 * <ul>
 *   <li>An append is acknowledged after fsync; all that wait are synced together.
 *   <li>A stage's states, timers, outputs and offset are one write batch: all or nothing.
 *   <li>A sink gets a batch again until it has taken it, and then the next. Batches of different
 *       partitions may come at the same time, on different threads.
 *   <li>Offsets, positions and ordinals are the same after a crash and in a replay. What a tick
 *       makes has the position of the last entry of its device, and the ordinals go on from there.
 *   <li>The time of a durable entry is the time given at its append, but never before a tick that a
 *       stage on the same partition has done by the clock; so a replay ticks at the same places.
 *   <li>An entry that a stage throws at is skipped; the device's state stays as it was, and an
 *       uplink is kept on {@code rejects} with its raw bytes.
 * </ul>
 */
public final class RocksEngine implements Engine, ErasableLanes {
  private static final String PART = "lanes";
  private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RocksEngineOptions options;
  private final InstantSource clock;
  private final Store store;
  private final Counters counters = new Counters();
  private final Notices notices = new Notices();
  private final Map<String, RocksLane<?>> lanes = new ConcurrentHashMap<>();
  private final Map<String, HostedStage<?, ?>> stages = new LinkedHashMap<>();
  private final Map<String, Attached<?>> sinks = new LinkedHashMap<>();
  private boolean begun;
  private volatile @Nullable Running running;

  /**
   * Makes the engine; opens nothing yet.
   *
   * @param dir a folder of its own; made where there is none
   * @param clock decides when states are ticked and what is too old to keep
   */
  public RocksEngine(Path dir, RocksEngineOptions options, InstantSource clock) {
    this.options = options;
    this.clock = clock;
    this.store = new Store(dir);
  }

  @Override
  public <T> Lane<T> lane(Topic<T> topic) {
    return laneOf(topic);
  }

  // A topic's name stands for its type.
  @SuppressWarnings("unchecked")
  private <T> RocksLane<T> laneOf(Topic<T> topic) {
    RocksLane<?> known = lanes.get(topic.name());
    return known == null ? newLane(topic) : (RocksLane<T>) known;
  }

  @SuppressWarnings("unchecked")
  private synchronized <T> RocksLane<T> newLane(Topic<T> topic) {
    RocksLane<?> known = lanes.get(topic.name());
    if (known != null) {
      return (RocksLane<T>) known;
    }
    RocksLane<T> made = new RocksLane<>(topic);
    Running now = running;
    if (now != null) {
      now.open(made);
    }
    lanes.put(topic.name(), made);
    return made;
  }

  @Override
  public synchronized <S, I> void host(String name, Topic<I> from, Stage<S, I> stage) {
    requireNew(name);
    laneOf(from);
    stages.put(name, new HostedStage<>(name, from, stage));
  }

  @Override
  public synchronized <I> void attach(String name, Topic<I> from, Sink<I> sink) {
    requireNew(name);
    if (from.durable()) {
      laneOf(from);
    }
    sinks.put(name, new Attached<>(name, from, sink));
  }

  private void requireNew(String name) {
    if (begun) {
      throw new IllegalStateException("stages and sinks are set up before the start");
    }
    if (name.isEmpty() || name.contains("/")) {
      throw new IllegalArgumentException("no name of a stage or sink: '" + name + "'");
    }
    if (stages.containsKey(name) || sinks.containsKey(name)) {
      throw new IllegalArgumentException("the name is taken: " + name);
    }
  }

  /**
   * Opens the store and starts all that is hosted.
   *
   * @throws StoreRefusedException where another process has the folder, or a later version wrote it
   */
  @Override
  public synchronized void start() {
    if (begun) {
      throw new IllegalStateException("an engine starts once");
    }
    begun = true;
    laneOf(Topics.REJECTS);
    store.open(
        lanes.values().stream().flatMap(lane -> lane.families(options.partitions())).toList());
    Running starting = new Running(store, options, clock, counters, notices, this::laneOf);
    starting.start(lanes.values(), stages.values(), sinks.values());
    running = starting;
  }

  @Override
  public <S> Optional<S> state(String name, DeviceId key, Class<S> type) {
    HostedStage<?, ?> hosted = stage(name);
    return new States(store, hosted).find(key).map(type::cast);
  }

  @Override
  public <S> void eachState(String name, Class<S> type, BiConsumer<DeviceId, S> visitor) {
    HostedStage<?, ?> hosted = stage(name);
    new States(store, hosted).each((key, state) -> visitor.accept(key, type.cast(state)));
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
   * <p>After the last entry the devices are ticked until the latest time that any entry read has,
   * that moment included. What the stage throws at is skipped as in the hosted run.
   */
  @Override
  public <S, I> long replay(Topic<I> from, Stage<S, I> stage, Emit out) {
    Skips<I> skips = new Skips<>("replay", new LongAdder(), new Notices());
    return new Replay<>(stage, from.name(), out, options.cachedStates(), skips)
        .run(laneOf(from), Replay.Ticks.NONE);
  }

  /** {@inheritDoc} For a sink on a pass topic: what it has been given and has not taken yet. */
  @Override
  public long lag(String name) {
    Running now = running;
    if (!stages.containsKey(name) && !sinks.containsKey(name)) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no stage or sink of the name " + name);
    }
    return now == null ? 0 : now.lag(name);
  }

  /** What it has done since it started. */
  public RocksEngineStats stats() {
    return counters.read();
  }

  /**
   * Copies lanes, states and offsets into a folder that is not there yet, while appends go on. All
   * passes are held between the beginning and the end of it.
   *
   * @param before done first: what sinks keep elsewhere is copied here, so that it has neither less
   *     nor more than the offsets say
   * @param patience how long to wait for passes that are under way
   * @throws LaneUnavailableException where they do not end, or the copy cannot be made
   */
  public synchronized void snapshot(Path folder, Runnable before, Duration patience) {
    Running now = running;
    if (now == null) {
      throw new LaneUnavailableException("the engine is not started");
    }
    now.between(
        patience,
        () -> {
          before.run();
          store.copyTo(folder);
        });
  }

  @Override
  public void settle(DeviceId device, Duration patience) {
    long limit = System.nanoTime() + patience.toNanos();
    List<String> readers = new ArrayList<>(stages.keySet());
    readers.addAll(sinks.keySet());
    Running now = running;
    if (now == null) {
      return;
    }
    for (String reader : readers) {
      // Of other devices there is always more to come.
      BooleanSupplier passed = now.passed(reader);
      while (!passed.getAsBoolean()) {
        if (System.nanoTime() > limit) {
          throw new LaneUnavailableException(reader + " is behind; try again");
        }
        LockSupport.parkNanos(GLANCE_NANOS);
      }
    }
  }

  /**
   * Takes out what lanes and states have of a device, for good: also its bytes in the tables and in
   * the log. Offsets stay as they are, with gaps. Nothing of the device may be on its way: entries
   * that a stage or a sink has still to read are not erased.
   *
   * <p>Devices go on being acknowledged. Passes are held for a moment; the search before and the
   * writing of tables behind take as long as the device's partitions are large.
   *
   * @param patience how long to wait for passes that are under way
   * @return how many entries of each lane, and of {@code states}
   * @throws LaneUnavailableException where entries have still to be read, or the disk fails;
   *     nothing or all was then taken out, and to do it again is safe
   */
  @Override
  public Map<String, Long> erase(DeviceId device, Duration patience) {
    Eraser eraser;
    synchronized (this) {
      Running now = running;
      if (now == null) {
        throw new LaneUnavailableException("the engine is not started");
      }
      eraser = now.erase(device, stages.values(), patience);
    }
    eraser.scrub();
    return eraser.counts();
  }

  /**
   * Looks at the clock now; it does so itself ten times a second. For who moves the clock by hand.
   */
  public void advance() {
    Running now = running;
    if (now != null) {
      now.clock();
    }
  }

  /** Drops what is older than the retention now; it does so itself every minute. */
  public void trim() {
    Running now = running;
    if (now != null) {
      now.trim(lanes.values());
    }
  }

  @Override
  public Health health() {
    Running now = running;
    return now == null
        ? Health.bad(PART, "NOT_RUNNING", "The engine is not started, or closed.", "Start it.")
        : new Health(PART, now.up(), notices.list());
  }

  /** Ends the passes, writes what was taken, and closes the store. */
  @Override
  public void close() {
    Running now;
    synchronized (this) {
      now = running;
      running = null;
    }
    // Passes that end now may still ask for a lane, so nothing is held meanwhile.
    if (now != null) {
      now.close();
    }
    store.close();
  }
}
