package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Notices;
import io.foretell.proto.Health;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of the store: it takes what is there, writes it as one batch, syncs once, and says
 * so to all in order. Everything that arrives meanwhile is the next group, so groups grow with the
 * load and a lone append waits for no one.
 *
 * <p>Where the disk fails, it fails what it has, refuses what comes, and tries the disk again and
 * again until it can open the store anew; nothing is acknowledged in between.
 */
final class Writer {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final String NOTICE = "writer";
  private static final int MAX_GROUP_BYTES = 8 << 20;

  private final Store store;
  private final Counters counters;
  private final Notices notices;
  private final int maxInFlight;
  private final Duration retryFrom;
  private final Duration retryTo;
  private final Runnable reopened;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Write> queue = new ArrayList<>();
  private boolean closing;

  private final Thread thread = new Thread(this::run, "lanes-writer");
  private final ExecutorService teller =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "lanes-teller"));
  private volatile @Nullable LaneUnavailableException down;

  /**
   * @param reopened learns everything from the store again
   */
  Writer(
      Store store,
      Counters counters,
      Notices notices,
      RocksEngineOptions options,
      Runnable reopened) {
    this.store = store;
    this.counters = counters;
    this.notices = notices;
    this.maxInFlight = options.maxInFlight();
    this.retryFrom = options.retryFrom();
    this.retryTo = options.retryTo();
    this.reopened = reopened;
  }

  void start() {
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((ended, e) -> broken(e));
    thread.start();
  }

  /** Whether what is given to it now has a chance. */
  boolean up() {
    return down == null;
  }

  /** Takes an append, or fails it at once where it is not the time for any. */
  void append(Append<?> append) {
    if (counters.inFlight.incrementAndGet() > maxInFlight) {
      refuse(append, new LaneUnavailableException("too many appends wait for the disk"));
      return;
    }
    LaneUnavailableException failure = submit(append);
    if (failure != null) {
      refuse(append, failure);
    }
  }

  /** Takes what a pass left, or fails it at once. */
  void pass(Write write) {
    LaneUnavailableException failure = submit(write);
    if (failure != null) {
      write.failed(failure);
    }
  }

  private void refuse(Append<?> append, LaneUnavailableException failure) {
    counters.inFlight.decrementAndGet();
    counters.refused.increment();
    append.failed(failure);
  }

  private @Nullable LaneUnavailableException submit(Write write) {
    lock.lock();
    try {
      LaneUnavailableException failure = down;
      if (failure != null) {
        return failure;
      }
      if (closing) {
        return new LaneUnavailableException("the engine is closed");
      }
      queue.add(write);
      if (queue.size() == 1) {
        changed.signal();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what was taken, and ends. */
  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
      teller.shutdown();
      if (!teller.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("lanes: callbacks of appends still run at close");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (WriteOptions synced = new WriteOptions().setSync(true);
        WriteOptions unsynced = new WriteOptions();
        Group group = new Group()) {
      for (List<Write> taken = take(); !taken.isEmpty(); taken = take()) {
        for (int from = 0; from < taken.size(); ) {
          int to = groupEnd(taken, from);
          commit(group, taken.subList(from, to), synced, unsynced);
          from = to;
        }
        awaitRecovery();
      }
    }
  }

  /** What has come meanwhile; empty at the end. */
  private List<Write> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
      }
      List<Write> taken = queue;
      queue = new ArrayList<>(Math.max(16, taken.size()));
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private static int groupEnd(List<Write> taken, int from) {
    int to = from;
    long bytes = 0;
    while (to < taken.size() && bytes < MAX_GROUP_BYTES) {
      bytes += taken.get(to).size();
      to++;
    }
    return to;
  }

  private void commit(Group group, List<Write> writes, WriteOptions synced, WriteOptions unsynced) {
    LaneUnavailableException failure = down;
    if (failure == null) {
      failure = write(group, writes, synced, unsynced);
    }
    LaneUnavailableException outcome = failure;
    teller.execute(() -> tell(writes, outcome));
  }

  private @Nullable LaneUnavailableException write(
      Group group, List<Write> writes, WriteOptions synced, WriteOptions unsynced) {
    long begun = System.nanoTime();
    boolean sync = false;
    try {
      for (Write write : writes) {
        write.into(group);
        sync |= write.synced();
      }
      group.complete();
      WriteOptions options = sync ? synced : unsynced;
      store.write(
          db -> {
            db.write(options, group.batch);
            return true;
          });
      counters.groups.increment();
      counters.writeNanos.add(System.nanoTime() - begun);
      if (sync) {
        counters.syncedGroups.increment();
      }
      group.publish();
      return null;
    } catch (RocksDBException | LaneUnavailableException e) {
      group.drop();
      return broken(e);
    }
  }

  private LaneUnavailableException broken(Throwable e) {
    LaneUnavailableException failure =
        new LaneUnavailableException("the disk does not take writes: " + e.getMessage(), e);
    down = failure;
    LOG.error("lanes: LANES_UNAVAILABLE, nothing is acknowledged until it works again", e);
    notices.put(
        NOTICE,
        new Health.Notice(
            "LANES_UNAVAILABLE",
            Severity.CRITICAL,
            "Messages cannot be made durable: " + e.getMessage(),
            "Free space on the disk of the data folder, or replace the disk; it is tried again"
                + " every few seconds."));
    return failure;
  }

  private void tell(List<Write> writes, @Nullable LaneUnavailableException failure) {
    int appends = 0;
    long bytes = 0;
    for (Write write : writes) {
      if (write instanceof Append<?>) {
        appends++;
        bytes += write.size();
      }
      if (failure == null) {
        write.done();
      } else {
        write.failed(failure);
      }
    }
    counters.inFlight.addAndGet(-appends);
    if (failure == null) {
      counters.appends.add(appends);
      counters.bytes.add(bytes);
    } else {
      counters.refused.add(appends);
    }
  }

  // Who waits behind a write that failed is told at once, as is who comes later.
  private void refuseWaiting() {
    LaneUnavailableException failure = down;
    List<Write> waiting;
    lock.lock();
    try {
      waiting = queue;
      queue = new ArrayList<>();
    } finally {
      lock.unlock();
    }
    if (!waiting.isEmpty()) {
      teller.execute(() -> tell(waiting, failure));
    }
  }

  private void awaitRecovery() {
    if (down != null) {
      refuseWaiting();
    }
    long pause = retryFrom.toNanos();
    while (down != null && !pausedUntilClose(pause)) {
      try {
        store.recover();
        reopened.run();
        notices.clear(NOTICE);
        counters.recoveries.increment();
        down = null;
        LOG.info("lanes: the disk takes writes again");
      } catch (LaneUnavailableException e) {
        LOG.warn("lanes: LANES_UNAVAILABLE still: {}", e.getMessage());
      }
      pause = Math.min(2 * pause, retryTo.toNanos());
    }
  }

  private boolean pausedUntilClose(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !closing) {
        left = changed.awaitNanos(left);
      }
      return closing;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } finally {
      lock.unlock();
    }
  }
}
