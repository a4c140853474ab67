package io.foretell.ingest.engine.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.proto.LaneUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one RocksDB of the engine, which can be closed and opened again under its users.
 *
 * <p>Families: {@code default} has what is said once, {@code states} and {@code timers} are those
 * of the stages, and each partition of each lane has one of its own. A lane's keys only ever grow,
 * so within such a family no two files overlap: compaction moves them without writing them again,
 * and retention drops them whole.
 *
 * <p>Why it is opened again after an I/O error, rather than resumed: RocksDB's resume is not in its
 * Java interface, and where a write ahead log has failed it leaves that log in place and fails
 * again at the next write (facebook/rocksdb issues 11643, 12998, 11447). Opening reads what the log
 * has, writes it to a new file and syncs that, so it does not rely on pages that a failed fsync may
 * have dropped.
 */
final class Store implements AutoCloseable {
  /** What this version writes; it reads all earlier ones. */
  static final int FORMAT = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Store.class);
  private static final int PROBE_BYTES = 64 * 1024;

  private final Path dir;
  private final Map<String, Family> families = new ConcurrentHashMap<>();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private @Nullable Tuning tuning;
  private @Nullable RocksDB db;
  private volatile long epoch;
  private boolean readOnly;

  /** Something done with the open store. */
  interface Work<T> {
    T with(RocksDB db) throws RocksDBException;
  }

  /** A column family, whose handle changes when the store is opened again. */
  static final class Family {
    final String name;
    private volatile @Nullable ColumnFamilyHandle handle;

    private Family(String name) {
      this.name = name;
    }

    ColumnFamilyHandle handle() {
      ColumnFamilyHandle now = handle;
      if (now == null) {
        throw new LaneUnavailableException("the store is closed");
      }
      return now;
    }
  }

  Store(Path dir) {
    this.dir = dir;
  }

  /**
   * Opens the store, making it where there is none.
   *
   * @param wanted families that a new store has from the start: cheaper than one by one
   */
  void open(List<String> wanted) {
    lock.writeLock().lock();
    try {
      RocksDB.loadLibrary();
      Files.createDirectories(dir);
      openFamilies(wanted);
      checkFormat();
    } catch (RocksDBException e) {
      close();
      throw refused(e);
    } catch (IOException e) {
      throw new UncheckedIOException("folder of the lanes: " + dir, e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * Opens what is there as it is now, for reading alone and beside whoever writes to it.
   *
   * @param logs a folder for what RocksDB has to say; the store's own is left as it is
   */
  void openToRead(Path logs) {
    lock.writeLock().lock();
    try {
      RocksDB.loadLibrary();
      if (!Files.exists(dir.resolve("CURRENT"))) {
        throw new StoreRefusedException("there are no lanes in " + dir);
      }
      Tuning opening = new Tuning();
      tuning = opening;
      readOnly = true;
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      for (String name : names(List.of())) {
        descriptors.add(opening.family(name));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      // All files are opened at once: so what the writer deletes meanwhile can still be read.
      try (DBOptions options = opening.database().setCreateIfMissing(false).setMaxOpenFiles(-1)) {
        db =
            RocksDB.openAsSecondary(options, dir.toString(), logs.toString(), descriptors, handles);
      }
      opened(handles);
      checkFormat();
    } catch (RocksDBException e) {
      close();
      throw refused(e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Counts how often the store was opened; what was read before is void in another epoch. */
  long epoch() {
    return epoch;
  }

  /** The family of that name; made where there is none. */
  Family family(String name) {
    Family known = families.get(name);
    return known == null ? newFamily(name) : known;
  }

  private Family newFamily(String name) {
    lock.writeLock().lock();
    try {
      Family known = families.get(name);
      if (known != null) {
        return known;
      }
      Family made = new Family(name);
      made.handle = opened().createColumnFamily(tuned().family(name));
      families.put(name, made);
      return made;
    } catch (RocksDBException e) {
      throw new LaneUnavailableException("cannot make " + name, e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The families of all lanes that are kept, whether anybody uses them or not. */
  Set<String> lanes() {
    Set<String> lanes = new TreeSet<>(families.keySet());
    lanes.removeIf(name -> !name.startsWith(RocksLane.FAMILY));
    return lanes;
  }

  /** Reads; never while the store is being opened again. */
  <T> T read(Work<T> work) {
    lock.readLock().lock();
    try {
      return work.with(opened());
    } catch (RocksDBException e) {
      throw new LaneUnavailableException("cannot read: " + e.getMessage(), e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Writes; the caller sees what RocksDB says. */
  void write(Work<?> work) throws RocksDBException {
    lock.readLock().lock();
    try {
      work.with(opened());
    } finally {
      lock.readLock().unlock();
    }
  }

  /** An iterator over a family, for use within {@link #read}, closed by the caller. */
  RocksIterator iterator(Family family) {
    return opened().newIterator(family.handle());
  }

  byte @Nullable [] meta(byte[] key) {
    return read(open -> open.get(key));
  }

  /** Eight bytes under a key, or what stands for none. */
  long metaNumber(byte[] key, long none) {
    byte[] bytes = meta(key);
    return bytes == null ? none : Keys.number(bytes);
  }

  /**
   * Closes and opens again, where the disk takes writes.
   *
   * @throws LaneUnavailableException where it does not yet
   */
  void recover() {
    lock.writeLock().lock();
    try {
      probe();
      closeHandles();
      openFamilies(List.of());
    } catch (RocksDBException | IOException e) {
      throw new LaneUnavailableException("the disk fails still: " + e.getMessage(), e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** What was read so far is void: whoever keeps any of it learns it anew. */
  void renew() {
    lock.writeLock().lock();
    try {
      epoch++;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Keys of a family from one to another, both included. */
  record Range(Family family, byte[] from, byte[] to) {}

  /** Writes out what is in memory, so that the log goes, and the tables of some ranges anew. */
  void scrub(List<Range> ranges) {
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true);
        CompactRangeOptions compaction =
            new CompactRangeOptions()
                .setBottommostLevelCompaction(
                    CompactRangeOptions.BottommostLevelCompaction.kForce)) {
      read(
          open -> {
            open.flush(options, families.values().stream().map(Family::handle).toList());
            return true;
          });
      for (Range range : ranges) {
        read(
            open -> {
              open.compactRange(range.family().handle(), range.from(), range.to(), compaction);
              return true;
            });
      }
    }
  }

  /**
   * A copy of all that was written, in a folder that is not there yet; files that never change are
   * shared with it where both are on one disk.
   */
  void copyTo(Path folder) {
    read(
        open -> {
          try (Checkpoint checkpoint = Checkpoint.create(open)) {
            checkpoint.createCheckpoint(folder.toString());
          }
          return true;
        });
  }

  /** Writes out what is in memory, so that the next start has no log to read, and closes. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      RocksDB open = db;
      if (open != null && !readOnly) {
        flush(open);
      }
      closeHandles();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void flush(RocksDB open) {
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      open.flush(options, families.values().stream().map(Family::handle).toList());
    } catch (RocksDBException e) {
      // All that was acknowledged is in the log; the next start reads it from there.
      LOG.warn("lanes: not written out at close, the next start takes longer: {}", e.getMessage());
    }
  }

  private RocksDB opened() {
    RocksDB open = db;
    if (open == null) {
      throw new LaneUnavailableException("the store is closed");
    }
    return open;
  }

  private Tuning tuned() {
    Tuning now = tuning;
    if (now == null) {
      throw new LaneUnavailableException("the store is closed");
    }
    return now;
  }

  private void openFamilies(List<String> wanted) throws RocksDBException {
    Tuning opening = new Tuning();
    tuning = opening;
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    for (String name : names(wanted)) {
      descriptors.add(opening.family(name));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = opening.database()) {
      db = RocksDB.open(options, dir.toString(), descriptors, handles);
    }
    opened(handles);
  }

  private void opened(List<ColumnFamilyHandle> handles) throws RocksDBException {
    Map<String, ColumnFamilyHandle> byName = new HashMap<>();
    for (ColumnFamilyHandle handle : handles) {
      byName.put(new String(handle.getName(), UTF_8), handle);
    }
    byName.forEach((name, handle) -> families.computeIfAbsent(name, Family::new).handle = handle);
    epoch++;
  }

  private Set<String> names(List<String> wanted) throws RocksDBException {
    Set<String> names = new LinkedHashSet<>(List.of("default", "states", "timers"));
    try (Options options = new Options()) {
      List<byte[]> kept = RocksDB.listColumnFamilies(options, dir.toString());
      kept.forEach(name -> names.add(new String(name, UTF_8)));
      if (kept.isEmpty()) {
        names.addAll(wanted);
      }
    }
    return names;
  }

  private void checkFormat() throws RocksDBException {
    RocksDB open = opened();
    byte[] bytes = open.get(Keys.FORMAT);
    if (bytes == null && readOnly) {
      throw new StoreRefusedException("there are no lanes in " + dir + " that this version knows");
    }
    if (bytes == null) {
      open.put(Keys.FORMAT, Integer.toString(FORMAT).getBytes(UTF_8));
      return;
    }
    int found = Integer.parseInt(new String(bytes, UTF_8));
    if (found > FORMAT) {
      closeHandles();
      throw new StoreRefusedException(
          "the lanes in "
              + dir
              + " are of format "
              + found
              + ", written by a later version; this one knows formats up to "
              + FORMAT
              + ". Start the later version, or restore a backup made before the upgrade.");
    }
    if (found < FORMAT && !readOnly) {
      // What is there can be read as it is; from now on an earlier version could not.
      open.put(Keys.FORMAT, Integer.toString(FORMAT).getBytes(UTF_8));
      LOG.info("lanes: of format {} until now, from now on of format {}", found, FORMAT);
    }
  }

  // Enough for a new log and its first records; a full disk fails here and not in the log.
  private void probe() throws IOException {
    Path file = dir.resolve("probe");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void closeHandles() {
    for (Family family : families.values()) {
      ColumnFamilyHandle handle = family.handle;
      family.handle = null;
      if (handle != null) {
        handle.close();
      }
    }
    RocksDB open = db;
    db = null;
    if (open != null) {
      open.close();
    }
    Tuning used = tuning;
    tuning = null;
    if (used != null) {
      used.close();
    }
  }

  private StoreRefusedException refused(RocksDBException e) {
    String said = String.valueOf(e.getMessage());
    if (said.toLowerCase(Locale.ROOT).contains("lock")) {
      return new StoreRefusedException(
          "the lanes in "
              + dir
              + " are in use by another process. Stop it, or give this one another data folder. ("
              + said
              + ")",
          e);
    }
    return new StoreRefusedException("the lanes in " + dir + " cannot be opened: " + said, e);
  }
}
