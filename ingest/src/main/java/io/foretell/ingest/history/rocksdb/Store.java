package io.foretell.ingest.history.rocksdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The database on disk, and how its keys are made. Column families:
 *
 * <pre>
 *   default  "format"                      → 1
 *   series   tenant NUL device NUL signal  → id (4 bytes)
 *   names    id                            → tenant NUL device NUL signal
 *   chunks   id, time of first sample (8)  → chunk
 *   tails    id                            → chunk of samples that are in no chunk yet
 *   journal  number (8)                    → samples of one commit, by id
 *   rollups  id, width (8), begin (8)      → buckets of that width
 *            id, 0 (8)                     → number of the next journal record (8), moment (8): what the
 *                                            records before it have before the moment is folded
 *   default  "journal", "ids"              → number of a journal record, id: none below is given again
 * </pre>
 *
 * All numbers with their highest byte first, so that they are in order; times are never negative.
 */
final class Store implements AutoCloseable {
  private static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FORMAT = {1};
  private static final byte[] JOURNAL_KEY = "journal".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IDS_KEY = "ids".getBytes(StandardCharsets.US_ASCII);
  private static final int MEGABYTE = 1 << 20;

  final RocksDB db;
  final ColumnFamilyHandle series;
  final ColumnFamilyHandle names;
  final ColumnFamilyHandle chunks;
  final ColumnFamilyHandle tails;
  final ColumnFamilyHandle journal;
  final ColumnFamilyHandle rollups;

  private final WriteOptions unsynced = new WriteOptions();
  private final List<ColumnFamilyHandle> families;
  private final List<AbstractNativeReference> resources;

  private Store(
      RocksDB db, List<ColumnFamilyHandle> families, List<AbstractNativeReference> resources) {
    this.db = db;
    this.series = families.get(1);
    this.names = families.get(2);
    this.chunks = families.get(3);
    this.tails = families.get(4);
    this.journal = families.get(5);
    this.rollups = families.get(6);
    this.families = families;
    this.resources = resources;
  }

  static Store open(Path folder) throws RocksDBException {
    RocksDB.loadLibrary();
    LRUCache cache = new LRUCache(16 * MEGABYTE);
    BloomFilter bloom = new BloomFilter(10);
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxTotalWalSize(64L * MEGABYTE)
            // Its own account of compactions would name keys.
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(3)
            .setMaxBackgroundJobs(2);
    List<AbstractNativeReference> resources = new ArrayList<>(List.of(options, cache, bloom));
    List<ColumnFamilyDescriptor> families =
        List.of(
            family("default", 1, CompressionType.NO_COMPRESSION, cache, bloom, resources),
            family("series", 4, CompressionType.ZSTD_COMPRESSION, cache, bloom, resources),
            family("names", 4, CompressionType.ZSTD_COMPRESSION, cache, bloom, resources),
            family("chunks", 16, CompressionType.ZSTD_COMPRESSION, cache, bloom, resources),
            family("tails", 8, CompressionType.LZ4_COMPRESSION, cache, bloom, resources),
            family("journal", 16, CompressionType.LZ4_COMPRESSION, cache, bloom, resources),
            family("rollups", 8, CompressionType.ZSTD_COMPRESSION, cache, bloom, resources));
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    RocksDB db = RocksDB.open(options, folder.toString(), families, handles);
    Store store = new Store(db, handles, resources);
    store.checkFormat();
    return store;
  }

  private static ColumnFamilyDescriptor family(
      String name,
      int bufferMegabytes,
      CompressionType compression,
      LRUCache cache,
      BloomFilter bloom,
      List<AbstractNativeReference> resources) {
    ColumnFamilyOptions options =
        new ColumnFamilyOptions()
            .setWriteBufferSize((long) bufferMegabytes * MEGABYTE)
            .setCompressionType(compression)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setFilterPolicy(bloom)
                    .setBlockSize(32 * 1024));
    resources.add(options);
    return new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), options);
  }

  private void checkFormat() throws RocksDBException {
    byte[] found = db.get(FORMAT_KEY);
    if (found == null) {
      db.put(FORMAT_KEY, FORMAT);
    } else if (!Arrays.equals(found, FORMAT)) {
      close();
      throw new RocksDBException(
          "it is of format "
              + found[0]
              + ", written by a later version; this one knows formats up to "
              + FORMAT[0]
              + ". Start the later version, or restore a backup made before the upgrade");
    }
  }

  /** Applies a batch: all or nothing, and visible at once; on disk after {@link #sync}. */
  void write(WriteBatch batch) throws RocksDBException {
    db.write(unsynced, batch);
  }

  /** Returns when all that was written is on disk. */
  void sync() throws RocksDBException {
    db.syncWal();
  }

  /**
   * A copy in a folder that is not there yet; files that never change are shared where possible.
   */
  void copyTo(Path folder) throws RocksDBException {
    try (Checkpoint checkpoint = Checkpoint.create(db)) {
      checkpoint.createCheckpoint(folder.toString());
    }
  }

  /** Moves all that is in memory to tables, so that the next start has no log to read. */
  void flush() throws RocksDBException {
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      db.flush(options, families);
    }
  }

  /** The last key of a family, or null. */
  byte @Nullable [] lastKey(ColumnFamilyHandle family) {
    try (RocksIterator iterator = db.newIterator(family)) {
      iterator.seekToLast();
      return iterator.isValid() ? iterator.key() : null;
    }
  }

  /** Whether a family has nothing under an id. */
  boolean none(ColumnFamilyHandle family, int id) {
    return none(family, id, idKey(id));
  }

  /** Whether a family has nothing under an id from a key on. */
  boolean none(ColumnFamilyHandle family, int id, byte[] from) {
    try (RocksIterator iterator = db.newIterator(family)) {
      iterator.seek(from);
      return !iterator.isValid() || id(iterator.key()) != id;
    }
  }

  static byte[] idKey(int id) {
    return ByteBuffer.allocate(4).putInt(id).array();
  }

  static byte[] chunkKey(int id, long time) {
    return ByteBuffer.allocate(12).putInt(id).putLong(time).array();
  }

  static byte[] journalKey(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  static byte[] rollupKey(int id, long width, long begin) {
    return ByteBuffer.allocate(20).putInt(id).putLong(width).putLong(begin).array();
  }

  static byte[] markKey(int id) {
    return ByteBuffer.allocate(12).putInt(id).putLong(0).array();
  }

  static boolean isRollup(byte[] key, int id) {
    return key.length == 20 && id(key) == id;
  }

  static long width(byte[] rollupKey) {
    return ByteBuffer.wrap(rollupKey).getLong(4);
  }

  static long begin(byte[] rollupKey) {
    return ByteBuffer.wrap(rollupKey).getLong(12);
  }

  /** No journal record below this number is written again. */
  long journalFloor() throws RocksDBException {
    byte[] number = db.get(JOURNAL_KEY);
    return number == null ? 0 : number(number);
  }

  void journalFloor(long number, WriteBatch batch) throws RocksDBException {
    batch.put(JOURNAL_KEY, journalKey(number));
  }

  /** No id below this one is given again. */
  int idFloor() throws RocksDBException {
    byte[] id = db.get(IDS_KEY);
    return id == null ? 0 : id(id);
  }

  void idFloor(int id, WriteBatch batch) throws RocksDBException {
    batch.put(IDS_KEY, idKey(id));
  }

  /** Bytes of all tables of a family. */
  long size(ColumnFamilyHandle family) throws RocksDBException {
    return db.getLongProperty(family, "rocksdb.total-sst-files-size");
  }

  /** Gives the room of what was deleted back, a part of the ids after the other. */
  void compact(ColumnFamilyHandle family, int fromId, int toId) throws RocksDBException {
    try (CompactRangeOptions options =
        new CompactRangeOptions()
            .setBottommostLevelCompaction(
                CompactRangeOptions.BottommostLevelCompaction.kForceOptimized)) {
      db.compactRange(family, idKey(fromId), idKey(toId), options);
    }
  }

  /** Writes what is in memory out, and the tables anew that had any of some series. */
  void scrub(List<Integer> ids) throws RocksDBException {
    flush();
    try (CompactRangeOptions options =
        new CompactRangeOptions()
            .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
      for (int id : ids) {
        for (ColumnFamilyHandle family : List.of(names, chunks, tails, rollups)) {
          db.compactRange(family, idKey(id), idKey(id + 1), options);
        }
      }
      // Small, and the keys of the one are names.
      for (ColumnFamilyHandle family : List.of(series, journal)) {
        db.compactRange(family, null, null, options);
      }
    }
  }

  static long number(byte[] journalKey) {
    return ByteBuffer.wrap(journalKey).getLong();
  }

  static int id(byte[] key) {
    return ByteBuffer.wrap(key).getInt();
  }

  static long time(byte[] chunkKey) {
    return ByteBuffer.wrap(chunkKey).getLong(4);
  }

  @Override
  public void close() {
    unsynced.close();
    families.forEach(AbstractNativeReference::close);
    db.close();
    resources.forEach(AbstractNativeReference::close);
  }
}
