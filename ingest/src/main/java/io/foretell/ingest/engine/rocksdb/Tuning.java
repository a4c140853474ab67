package io.foretell.ingest.engine.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;

/** How RocksDB is set, for one opening of it. */
final class Tuning implements AutoCloseable {
  private static final long MIB = 1024L * 1024;

  private final List<ColumnFamilyOptions> owned = new ArrayList<>();
  private final LRUCache cache = new LRUCache(32 * MIB);
  private final BloomFilter bloom = new BloomFilter(10);

  /** The log is bounded, because a start after a crash reads all of it. */
  DBOptions database() {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setMaxTotalWalSize(64 * MIB)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(512)
        .setBytesPerSync(MIB)
        .setSkipStatsUpdateOnDbOpen(true)
        .setStatsDumpPeriodSec(0)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setKeepLogFileNum(3)
        .setMaxLogFileSize(4 * MIB);
  }

  ColumnFamilyDescriptor family(String name) {
    boolean states = name.equals("states");
    BlockBasedTableConfig table = new BlockBasedTableConfig().setBlockCache(cache);
    if (states) {
      table.setFilterPolicy(bloom);
    } else {
      table.setBlockSize(16 * 1024);
    }
    ColumnFamilyOptions options =
        new ColumnFamilyOptions()
            .setWriteBufferSize(16 * MIB)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setTableFormatConfig(table);
    owned.add(options);
    return new ColumnFamilyDescriptor(name.getBytes(UTF_8), options);
  }

  @Override
  public void close() {
    for (ColumnFamilyOptions options : owned) {
      options.close();
    }
    bloom.close();
    cache.close();
  }
}
