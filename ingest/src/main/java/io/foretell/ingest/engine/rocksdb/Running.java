package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Attached;
import io.foretell.ingest.engine.Notices;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A started engine: its threads, its loops, and how they are wired. */
final class Running implements StagePass.Wiring {
  private static final Logger LOG = LoggerFactory.getLogger(Running.class);
  private static final long CLOCK_MILLIS = 100;
  private static final long TRIM_SECONDS = 60;
  private static final long CLOSE_SECONDS = 3;

  private final Works works;
  private final Gate gate = new Gate();
  private final ThreadPoolExecutor pool;
  private final ScheduledThreadPoolExecutor timer;
  private final Retention retention;
  private final Function<Topic<?>, RocksLane<?>> lanes;
  private final int partitions;

  private final List<Loop> loops = new ArrayList<>();
  private final Map<String, List<Loop.Pass>> passes = new HashMap<>();
  private final Map<String, List<Attached<?>>> passing = new HashMap<>();
  private final Map<String, Attached<?>> sinks = new HashMap<>();
  private final List<RocksLane<?>> opened = new ArrayList<>();

  Running(
      Store store,
      RocksEngineOptions options,
      InstantSource clock,
      Counters counters,
      Notices notices,
      Function<Topic<?>, RocksLane<?>> lanes) {
    this.lanes = lanes;
    pool =
        new ThreadPoolExecutor(
            options.threads(),
            options.threads(),
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            threads("lanes-pass"),
            new ThreadPoolExecutor.DiscardPolicy());
    timer =
        new ScheduledThreadPoolExecutor(
            1, threads("lanes-timer"), new ThreadPoolExecutor.DiscardPolicy());
    Writer writer = new Writer(store, counters, notices, options, this::reopened);
    works =
        new Works(
            store,
            writer,
            pool,
            timer,
            notices,
            counters,
            options,
            clock,
            new AtomicBoolean(),
            gate);
    retention = new Retention(works);
    partitions = partitions(store, options);
  }

  private static ThreadFactory threads(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  // A device's partition follows from their number, so it stays what it was at first.
  private static int partitions(Store store, RocksEngineOptions options) {
    int kept = (int) store.metaNumber(Keys.PARTITIONS, 0);
    if (kept == 0) {
      save(store, Keys.PARTITIONS, options.partitions());
      return options.partitions();
    }
    if (kept != options.partitions()) {
      LOG.info("lanes: {} partitions, as the store was made with", kept);
    }
    return kept;
  }

  private static void save(Store store, byte[] key, long number) {
    store.read(
        db -> {
          db.put(key, Keys.number(number));
          return number;
        });
  }

  void start(
      Collection<RocksLane<?>> all,
      Collection<HostedStage<?, ?>> stages,
      Collection<Attached<?>> attached) {
    all.forEach(this::open);
    number(stages);
    for (Attached<?> sink : attached) {
      sinks.put(sink.name(), sink);
      if (sink.from().durable()) {
        attach(sink);
      } else {
        passing.computeIfAbsent(sink.from().name(), topic -> new ArrayList<>()).add(sink);
      }
    }
    stages.forEach(this::host);
    works.writer().start();
    timer.scheduleWithFixedDelay(this::clock, CLOCK_MILLIS, CLOCK_MILLIS, TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        () -> pool.execute(() -> trim(opened())), TRIM_SECONDS, TRIM_SECONDS, TimeUnit.SECONDS);
    loops.forEach(Loop::wake);
  }

  void open(RocksLane<?> lane) {
    lane.open(works.store(), works.writer(), partitions);
    synchronized (opened) {
      opened.add(lane);
    }
  }

  private List<RocksLane<?>> opened() {
    synchronized (opened) {
      return List.copyOf(opened);
    }
  }

  // By the writer, between two groups: so no one else places entries meanwhile.
  private void reopened() {
    for (RocksLane<?> lane : opened()) {
      lane.open(works.store(), works.writer(), partitions);
    }
    loops.forEach(Loop::wake);
  }

  private void number(Collection<HostedStage<?, ?>> stages) {
    for (HostedStage<?, ?> stage : stages) {
      long number = works.store().metaNumber(Keys.name(stage.name()), 0);
      if (number == 0) {
        number = works.store().metaNumber(Keys.NAMES, 0) + 1;
        save(works.store(), Keys.NAMES, number);
        save(works.store(), Keys.name(stage.name()), number);
      }
      stage.numbered((int) number);
    }
  }

  private <S, I> void host(HostedStage<S, I> stage) {
    for (Partition<I> partition : laneOf(stage.from()).opened()) {
      add(stage.name(), partition, new StagePass<>(stage, partition, works, this));
    }
  }

  private <I> void attach(Attached<I> sink) {
    for (Partition<I> partition : laneOf(sink.from()).opened()) {
      add(sink.name(), partition, new SinkPass<>(sink, partition, works));
    }
  }

  private void add(String name, Partition<?> partition, Loop.Pass pass) {
    Loop loop = works.loop(name + "/" + partition.number(), pass);
    loops.add(loop);
    passes.computeIfAbsent(name, of -> new ArrayList<>()).add(pass);
    partition.add(loop);
  }

  @SuppressWarnings("unchecked") // a topic's name stands for its type
  private <T> RocksLane<T> laneOf(Topic<T> topic) {
    return (RocksLane<T>) lanes.apply(topic);
  }

  @Override
  public RocksLane<?> lane(Topic<?> topic) {
    return lanes.apply(topic);
  }

  @Override
  public List<Attached<?>> sinks(String topic) {
    return passing.getOrDefault(topic, List.of());
  }

  boolean up() {
    return works.writer().up();
  }

  long lag(String name) {
    long lag = 0;
    for (Loop.Pass pass : passes.getOrDefault(name, List.of())) {
      lag += pass.lag();
    }
    Attached<?> sink = sinks.get(name);
    return sink != null && !sink.from().durable() ? sink.open() : lag;
  }

  /** Tells whether a stage or a sink has finished what there is now. */
  BooleanSupplier passed(String name) {
    Map<Loop.Pass, Long> until = new HashMap<>();
    passes.getOrDefault(name, List.of()).forEach(pass -> until.put(pass, pass.end()));
    return () ->
        until.entrySet().stream()
            .allMatch(wanted -> wanted.getKey().finished() >= wanted.getValue());
  }

  /** Holds all passes while something is done. */
  void between(Duration patience, Runnable work) {
    try {
      gate.shut().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      flushed().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      work.run();
    } catch (TimeoutException e) {
      throw new LaneUnavailableException(
          "a stage or a sink is still busy after " + patience.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaneUnavailableException("interrupted", e);
    } catch (ExecutionException e) {
      throw new LaneUnavailableException("what stages have done is not committed", e);
    } finally {
      gate.open();
    }
  }

  /** Takes out what lanes and states have of a device; see {@link RocksEngine#erase}. */
  Eraser erase(DeviceId device, Collection<HostedStage<?, ?>> stages, Duration patience) {
    Eraser eraser = new Eraser(works, opened(), device);
    eraser.look();
    between(patience, () -> eraser.apply(stages, patience));
    loops.forEach(Loop::wake);
    return eraser;
  }

  /** Completes when all that passes have done is committed; while no pass runs. */
  private CompletableFuture<Void> flushed() {
    return CompletableFuture.allOf(
        passes.values().stream()
            .flatMap(List::stream)
            .map(pass -> pass.flush().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  void clock() {
    long now = works.clock().millis();
    for (Loop loop : loops) {
      loop.clock(now);
    }
  }

  void trim(Collection<RocksLane<?>> all) {
    for (RocksLane<?> lane : all) {
      retention.trim(lane);
    }
  }

  void close() {
    works.shut().set(true);
    gate.open();
    CompletableFuture<?>[] ends =
        loops.stream()
            .map(loop -> loop.stop().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ends)
          .thenCompose(ended -> flushed())
          .get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("lanes: a sink has not answered at close; it gets its batch again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    timer.shutdownNow();
    pool.shutdown();
    try {
      if (!pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("lanes: a stage still runs at close");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    works.writer().close();
  }
}
