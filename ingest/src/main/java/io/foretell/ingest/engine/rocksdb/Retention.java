package io.foretell.ingest.engine.rocksdb;

import java.time.Duration;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops entries that are older than their lane keeps them, but none that a hosted stage or an
 * attached sink has still to read.
 */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final Works works;

  Retention(Works works) {
    this.works = works;
  }

  /** Drops what is due of one lane. */
  void trim(RocksLane<?> lane) {
    Duration kept = works.options().retention().get(lane.name());
    if (kept == null || !works.writer().up()) {
      return;
    }
    long oldest = works.clock().millis() - kept.toMillis();
    for (Partition<?> partition : lane.opened()) {
      trim(partition, oldest);
    }
  }

  private void trim(Partition<?> partition, long oldest) {
    long limit = partition.end();
    for (Reader reader : partition.readers()) {
      limit = Math.min(limit, reader.finished());
    }
    long below = firstNotBefore(partition, oldest, limit);
    if (below <= partition.begin()) {
      return;
    }
    Trim trim = new Trim(partition, below);
    works.writer().pass(trim);
    trim.thenAcceptAsync(done -> dropFiles(partition, below), works.pool());
  }

  /** Entries are in the order of their times, about; so a search by halves is good enough. */
  private static long firstNotBefore(Partition<?> partition, long oldest, long limit) {
    long low = partition.begin();
    long high = limit;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (partition.timeFrom(middle) < oldest) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  // The range is deleted already; this gives back the room at once, without a compaction.
  private void dropFiles(Partition<?> partition, long below) {
    try {
      works
          .store()
          .write(
              db -> {
                db.deleteFilesInRanges(
                    partition.family().handle(),
                    List.of(Keys.number(0), Keys.number(below)),
                    false);
                return true;
              });
      LOG.info("{}/{}: dropped all below {}", partition.lane(), partition.number(), below);
    } catch (RocksDBException e) {
      LOG.warn("{}/{}: no room given back", partition.lane(), partition.number(), e);
    }
  }
}
