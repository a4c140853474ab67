package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Notices;
import io.foretell.proto.Health;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Severity;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the passes of one stage or sink on one partition, one after the other, while there is
 * something to do. It holds a thread only within a pass, so a slow sink holds none.
 *
 * <p>Pace: the first pass after a rest begins at once; the next begins the commit interval later,
 * unless there is a whole batch to do. So a sparse stream is passed on at once, and a dense one in
 * good batches.
 */
final class Loop implements Reader {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final String name;
  private final Pass pass;
  private final Gate gate;
  private final Executor pool;
  private final ScheduledExecutorService timer;
  private final Notices notices;
  private final RocksEngineOptions options;
  private final long interval;

  private final AtomicBoolean active = new AtomicBoolean();
  private final AtomicBoolean again = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean stopping;
  private long lastBegun;
  private long pause;

  /** The work of a loop. */
  interface Pass {
    /**
     * Does what there is, up to a batch.
     *
     * @return whether there is more
     */
    CompletionStage<Boolean> run();

    /**
     * Commits what earlier passes have left to a later one; only while no pass runs.
     *
     * @return completes when all that was done is committed
     */
    default CompletionStage<Boolean> flush() {
      return CompletableFuture.completedFuture(true);
    }

    /** How much there is to do, about; a batch or more is not waited with. */
    long backlog();

    /** Entries not finished. */
    long lag();

    /** The offset it goes on from after a restart. */
    long finished();

    /** Behind the last durable entry of what it reads. */
    long end();

    /** Whether the clock has reached what it waits for. */
    boolean due(long now);
  }

  Loop(
      String name,
      Pass pass,
      Gate gate,
      Executor pool,
      ScheduledExecutorService timer,
      Notices notices,
      RocksEngineOptions options) {
    this.name = name;
    this.pass = pass;
    this.gate = gate;
    this.pool = pool;
    this.timer = timer;
    this.notices = notices;
    this.options = options;
    this.interval = options.commitInterval().toNanos();
    this.lastBegun = System.nanoTime() - interval;
  }

  @Override
  public void wake() {
    again.set(true);
    if (active.compareAndSet(false, true)) {
      next();
    }
  }

  @Override
  public long finished() {
    return pass.finished();
  }

  /** Wakes it where the clock has reached what it waits for. */
  void clock(long now) {
    if (pass.due(now)) {
      wake();
    }
  }

  /** Ends after the pass that runs now, if any. */
  CompletionStage<Void> stop() {
    stopping = true;
    if (active.compareAndSet(false, true)) {
      ended.complete(null);
    }
    return ended;
  }

  private void next() {
    long wait =
        pass.backlog() >= options.batchSize() ? 0 : lastBegun + interval - System.nanoTime();
    later(wait);
  }

  private void later(long nanos) {
    if (stopping) {
      ended.complete(null);
    } else if (nanos <= 0) {
      pool.execute(this::turn);
    } else {
      timer.schedule(() -> pool.execute(this::turn), nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void turn() {
    if (stopping) {
      ended.complete(null);
      return;
    }
    if (!gate.enter(() -> pool.execute(this::turn))) {
      return;
    }
    again.set(false);
    lastBegun = System.nanoTime();
    pass()
        .whenComplete(
            (more, failure) -> {
              gate.leave();
              after(more, failure);
            });
  }

  private CompletionStage<Boolean> pass() {
    try {
      return pass.run();
    } catch (Throwable e) {
      // Boundary: whatever goes wrong in a stage, the partition tries again and says so.
      return CompletableFuture.failedFuture(e);
    }
  }

  private void after(@Nullable Boolean more, @Nullable Throwable failure) {
    if (failure != null) {
      failed(failure);
      return;
    }
    if (pause != 0) {
      pause = 0;
      notices.clear(name);
    }
    if (Boolean.TRUE.equals(more) || again.get()) {
      next();
      return;
    }
    active.set(false);
    if (stopping) {
      ended.complete(null);
    } else if (again.get() && active.compareAndSet(false, true)) {
      next();
    }
  }

  private void failed(Throwable failure) {
    Throwable cause = failure.getCause() instanceof LaneUnavailableException down ? down : failure;
    if (!stopping) {
      if (cause instanceof LaneUnavailableException) {
        LOG.debug("{}: waits for the disk: {}", name, cause.getMessage());
      } else {
        LOG.error("{}: STAGE_FAILING, it is tried again", name, cause);
      }
      notices.put(
          name,
          new Health.Notice(
              "STAGE_FAILING",
              Severity.MAJOR,
              name + " does not get on: " + cause,
              "Its input is kept and it is tried again; see the log for the cause."));
    }
    pause =
        Math.min(Math.max(2 * pause, options.retryFrom().toNanos()), options.retryTo().toNanos());
    later(pause);
  }
}
