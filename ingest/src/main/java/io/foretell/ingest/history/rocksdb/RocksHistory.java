package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.ingest.history.Retention;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded history: compressed chunks a signal in a RocksDB database of its own.
 *
 * <p>A batch completes when its samples are on disk (after fsync); batches that wait are written
 * together. A batch that comes again changes nothing; of two values of one moment the one written
 * later stays; samples may come in any order of time. Samples before 1970 are left out.
 *
 * <p>Where the disk fails, the batches at hand fail, the database is closed, and the next batch
 * opens it anew: so what is in memory never differs from what the disk has.
 */
public final class RocksHistory implements KeptHistory {
  /** How much memory open series may take unless it is said. */
  public static final long DEFAULT_MEMORY_BYTES = 64L << 20;

  /** How large the journal may grow unless it is said: some 700,000 samples. */
  public static final long DEFAULT_JOURNAL_BYTES = 8L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(RocksHistory.class);
  private static final int MOST_TOGETHER = 256;
  private static final long WORTH_COMPACTING = 1 << 20;
  private static final int COMPACTIONS = 64;
  private static final int COUNTED_AT_ONCE = 100_000;
  private static final Pending STOP = new Pending(List.of(), new CompletableFuture<>());

  private record Pending(
      List<Entry<Telemetry>> batch, Optional<Step> step, CompletableFuture<Void> done) {
    Pending(List<Entry<Telemetry>> batch, CompletableFuture<Void> done) {
      this(batch, Optional.empty(), done);
    }
  }

  /** Work of the writer's thread between two commits. */
  private interface Step {
    void with(Store store, OpenSet open) throws RocksDBException;
  }

  private final Path folder;
  private final long memoryBytes;
  private final long journalBytes;
  private final Retention retention;
  private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();

  // Held for reading by who uses the database, for writing by who opens or closes it.
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();
  // Held by who looks into the open series or changes them.
  private final ReentrantLock memory = new ReentrantLock();

  private @Nullable Store store;
  private @Nullable OpenSet open;
  private @Nullable Ager ager;
  private long removed;
  private volatile @Nullable Thread writer;
  private volatile String trouble = "not started";

  /**
   * @param folder where the database is; made where it is missing
   */
  public RocksHistory(Path folder) {
    this(folder, Retention.NONE);
  }

  /**
   * @param folder where the database is; made where it is missing
   * @param retention what becomes of old samples
   */
  public RocksHistory(Path folder, Retention retention) {
    this(folder, DEFAULT_MEMORY_BYTES, DEFAULT_JOURNAL_BYTES, retention);
  }

  /**
   * Keeps all as it came.
   *
   * @param folder where the database is; made where it is missing
   * @param memoryBytes as below
   * @param journalBytes as below
   */
  public RocksHistory(Path folder, long memoryBytes, long journalBytes) {
    this(folder, memoryBytes, journalBytes, Retention.NONE);
  }

  /**
   * @param folder where the database is; made where it is missing
   * @param memoryBytes what open series may take; each takes 16 bytes a sample, up to 128 samples,
   *     and some 300 more. Those used least recently go to disk above it
   * @param journalBytes what may have to be read again after a crash
   * @param retention what becomes of old samples
   */
  public RocksHistory(Path folder, long memoryBytes, long journalBytes, Retention retention) {
    this.retention = retention;
    this.folder = folder;
    this.memoryBytes = memoryBytes;
    this.journalBytes = journalBytes;
  }

  @Override
  public void start() {
    try {
      open();
    } catch (RocksDBException | IOException e) {
      trouble = String.valueOf(e.getMessage());
      throw new UncheckedIOException(
          "the history in " + folder + " cannot be opened: " + trouble, new IOException(e));
    }
    Thread thread = new Thread(this::writeUntilStopped, "history-writer");
    thread.setDaemon(true);
    thread.start();
    writer = thread;
  }

  @Override
  public Health health() {
    String now = trouble;
    return now.isEmpty()
        ? Health.good("history")
        : Health.bad(
            "history",
            "HISTORY_UNAVAILABLE",
            "History cannot be written: " + now,
            "Look at the free space and the permissions of " + folder + ".");
  }

  @Override
  public void close() {
    Thread thread = writer;
    if (thread == null) {
      return;
    }
    writer = null;
    queue.add(STOP);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    shut(true);
    trouble = "closed";
    for (Pending left = queue.poll(); left != null; left = queue.poll()) {
      left.done().completeExceptionally(new IOException("history is closed"));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>It completes on the writer's thread, which must not be blocked.
   */
  @Override
  public CompletionStage<?> write(List<Entry<Telemetry>> batch) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (writer == null) {
      done.completeExceptionally(new IOException("history is not open"));
    } else {
      queue.add(new Pending(batch, done));
    }
    return done;
  }

  @Override
  public List<String> signals(DeviceId device) {
    return reading(reader -> reader.signals(device));
  }

  @Override
  public List<Sample> read(DeviceId device, String signal, long since, long until, int limit) {
    return reading(reader -> reader.read(new SeriesKey(device, signal), since, until, limit));
  }

  @Override
  public List<Sample> latest(DeviceId device) {
    return reading(reader -> reader.latest(device));
  }

  @Override
  public void eachSeries(BiConsumer<DeviceId, String> to) {
    List<SeriesKey> all = reading(Reader::series);
    all.forEach(series -> to.accept(series.device(), series.signal()));
  }

  @Override
  public List<Sample> samples(DeviceId device, String signal, long since, int limit) {
    return reading(
        reader -> reader.samples(new SeriesKey(device, signal), since, Long.MAX_VALUE, limit));
  }

  @Override
  public void eachBucket(DeviceId device, String signal, Consumer<Bucket> to) {
    reading(
        reader -> {
          reader.eachBucket(new SeriesKey(device, signal), to);
          return true;
        });
  }

  @Override
  public void put(DeviceId device, String signal, List<Bucket> buckets) {
    between(
        (opened, set) -> {
          set.put(new SeriesKey(device, signal), buckets);
          opened.sync();
        });
  }

  @Override
  public List<Bucket> buckets(DeviceId device, String signal, long since, long until, int limit) {
    return reading(reader -> reader.buckets(new SeriesKey(device, signal), since, until, limit));
  }

  @Override
  public boolean age(long now) {
    AtomicBoolean more = new AtomicBoolean();
    between(
        (opened, set) -> {
          Ager by = ager == null ? new Ager(opened, set, retention) : ager;
          ager = by;
          more.set(by.step(now));
          removed += by.removed();
        });
    if (!more.get()) {
      compact();
    }
    return more.get();
  }

  @Override
  public long erase(DeviceId device) {
    long count = 0;
    List<Integer> ids = new ArrayList<>();
    for (String signal : signals(device)) {
      count += count(device, signal);
    }
    between(
        (opened, set) -> {
          for (SeriesKey key : new Reader(opened, set, memory).series(device)) {
            int id = Store.id(Objects.requireNonNull(opened.db.get(opened.series, key.toBytes())));
            set.erase(key, id);
            ids.add(id);
          }
          set.flush();
          opened.sync();
        });
    scrub(ids);
    return count;
  }

  private long count(DeviceId device, String signal) {
    long count = 0;
    List<Sample> page = read(device, signal, 0, Long.MAX_VALUE, COUNTED_AT_ONCE);
    while (!page.isEmpty()) {
      count += page.size();
      long next = page.get(page.size() - 1).t() + 1;
      page = read(device, signal, next, Long.MAX_VALUE, COUNTED_AT_ONCE);
    }
    return count;
  }

  private void scrub(List<Integer> ids) {
    life.readLock().lock();
    try {
      Store opened = store;
      if (opened == null) {
        throw new UncheckedIOException(new IOException("history is not open: " + trouble));
      }
      opened.scrub(ids);
    } catch (RocksDBException e) {
      throw new UncheckedIOException(new IOException("history in " + folder, e));
    } finally {
      life.readLock().unlock();
    }
  }

  /** Gives room back where much of the tables is what was taken out. */
  private void compact() {
    life.readLock().lock();
    try {
      Store opened = store;
      if (opened == null || removed < WORTH_COMPACTING) {
        return;
      }
      opened.flush();
      if (removed < opened.size(opened.chunks) / 8) {
        return;
      }
      removed = 0;
      byte[] last = opened.lastKey(opened.names);
      int end = last == null ? 1 : Store.id(last) + 1;
      int part = Math.max(1, end / COMPACTIONS);
      for (int from = 0; from < end && writer != null; from += part) {
        opened.compact(opened.chunks, from, from + part);
        opened.compact(opened.rollups, from, from + part);
      }
    } catch (RocksDBException e) {
      LOG.warn("history gives no room back", e);
    } finally {
      life.readLock().unlock();
    }
  }

  /** Has the writer's thread do something between two commits, and waits for it. */
  private void between(Step step) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (writer == null) {
      throw new UncheckedIOException(new IOException("history is not open"));
    }
    queue.add(new Pending(List.of(), Optional.of(step), done));
    try {
      done.join();
    } catch (CompletionException e) {
      throw new UncheckedIOException(new IOException("history in " + folder, e.getCause()));
    }
  }

  /** Copies all that was written into a folder that is not there yet. */
  public void snapshot(Path to) {
    life.readLock().lock();
    try {
      Store opened = store;
      if (opened == null) {
        throw new UncheckedIOException(new IOException("history is not open: " + trouble));
      }
      opened.copyTo(to);
    } catch (RocksDBException e) {
      throw new UncheckedIOException(new IOException("history cannot be copied to " + to, e));
    } finally {
      life.readLock().unlock();
    }
  }

  private interface Question<T> {
    T ask(Reader reader) throws RocksDBException;
  }

  private <T> T reading(Question<T> question) {
    life.readLock().lock();
    try {
      Store opened = store;
      OpenSet set = open;
      if (opened == null || set == null) {
        throw new UncheckedIOException(new IOException("history is not open: " + trouble));
      }
      return question.ask(new Reader(opened, set, memory));
    } catch (RocksDBException e) {
      throw new UncheckedIOException(new IOException("history in " + folder, e));
    } finally {
      life.readLock().unlock();
    }
  }

  private void writeUntilStopped() {
    List<Pending> together = new ArrayList<>();
    boolean stopped = false;
    while (!stopped) {
      try {
        together.add(queue.take());
      } catch (InterruptedException e) {
        LOG.warn("history writer was interrupted; it goes on until it is closed");
        continue;
      }
      queue.drainTo(together, MOST_TOGETHER);
      stopped = together.remove(STOP);
      if (!together.isEmpty()) {
        writeTogether(together);
      }
      together.clear();
    }
  }

  /** The boundary: whatever goes wrong fails the batches, and never ends the thread. */
  private void writeTogether(List<Pending> together) {
    try {
      commit(together);
      trouble = "";
      together.forEach(pending -> pending.done().complete(null));
    } catch (RocksDBException | IOException | RuntimeException e) {
      LOG.error("history could not be written; it is opened anew with the next batch", e);
      trouble = String.valueOf(e.getMessage());
      shut(false);
      IOException failure = new IOException("history could not be written", e);
      together.forEach(pending -> pending.done().completeExceptionally(failure));
    }
  }

  private void commit(List<Pending> together) throws RocksDBException, IOException {
    open();
    Store opened = store;
    OpenSet set = open;
    if (opened == null || set == null) {
      throw new IOException("history is not open");
    }
    memory.lock();
    try {
      for (Pending pending : together) {
        if (pending.step().isPresent()) {
          // What came before it is written first, so that it finds no commit half made.
          set.commit();
          pending.step().get().with(opened, set);
        }
        for (Entry<Telemetry> entry : pending.batch()) {
          if (entry.value() instanceof Telemetry.Signals signals) {
            put(set, entry.key(), signals);
          }
        }
      }
      set.commit();
    } finally {
      memory.unlock();
    }
    // What a step leaves is as good without: it is done again from what was there before.
    if (together.stream().anyMatch(pending -> pending.step().isEmpty())) {
      opened.sync();
    }
  }

  private static void put(OpenSet set, DeviceId device, Telemetry.Signals signals)
      throws RocksDBException {
    for (int i = 0; i < signals.names().size(); i++) {
      long[] times = signals.times().get(i);
      if (times.length > 0 && times[0] >= 0) {
        set.put(new SeriesKey(device, signals.names().get(i)), times, signals.values().get(i));
      }
    }
  }

  private void open() throws RocksDBException, IOException {
    if (store != null) {
      return;
    }
    life.writeLock().lock();
    try {
      Files.createDirectories(folder);
      Store opened = Store.open(folder);
      try {
        open = new OpenSet(opened, memoryBytes, journalBytes);
        store = opened;
        trouble = "";
      } finally {
        if (store == null) {
          opened.close();
        }
      }
    } finally {
      life.writeLock().unlock();
    }
  }

  private void shut(boolean flush) {
    life.writeLock().lock();
    try {
      Store opened = store;
      OpenSet set = open;
      store = null;
      open = null;
      ager = null;
      if (opened == null || set == null) {
        return;
      }
      try {
        if (flush) {
          set.flush();
          opened.sync();
          opened.flush();
        }
      } catch (RocksDBException e) {
        LOG.warn("history keeps its journal: what is open could not be written", e);
      } finally {
        set.close();
        opened.close();
      }
    } finally {
      life.writeLock().unlock();
    }
  }
}
