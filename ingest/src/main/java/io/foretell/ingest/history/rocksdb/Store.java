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
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
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
 * </pre>
 *
 * All numbers with their highest byte first, so that they are in order; times are never negative.
 */
final class Store implements AutoCloseable {
  private static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FORMAT = {1};
  private static final int MEGABYTE = 1 << 20;

  final RocksDB db;
  final ColumnFamilyHandle series;
  final ColumnFamilyHandle names;
  final ColumnFamilyHandle chunks;
  final ColumnFamilyHandle tails;
  final ColumnFamilyHandle journal;

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
            family("journal", 16, CompressionType.LZ4_COMPRESSION, cache, bloom, resources));
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

  static byte[] idKey(int id) {
    return ByteBuffer.allocate(4).putInt(id).array();
  }

  static byte[] chunkKey(int id, long time) {
    return ByteBuffer.allocate(12).putInt(id).putLong(time).array();
  }

  static byte[] journalKey(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
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
