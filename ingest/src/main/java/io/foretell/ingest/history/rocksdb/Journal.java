package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.ByteReader;
import io.foretell.ingest.history.ByteWriter;
import java.util.ArrayDeque;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The samples of the last commits, for after a crash: what is in an open buffer and in no chunk or
 * tail on disk can be made again from it. A record is the samples of one commit:
 *
 * <pre>base time | runs × (id, n, n × (time − the one before or the base, value (8 bytes)))</pre>
 */
final class Journal {
  /** Gets the samples of a record, in the order in which they were written. */
  interface Visitor {
    void sample(int id, long time, double value) throws RocksDBException;

    void endOfRecord() throws RocksDBException;
  }

  private record Written(long number, int bytes) {}

  private final Store store;
  private final ArrayDeque<Written> records = new ArrayDeque<>();
  private long liveBytes;
  private long writtenBytes;
  private long next;

  private ByteWriter record = new ByteWriter(1024);
  private long before;

  Journal(Store store) throws RocksDBException {
    this.store = store;
    this.next = store.journalFloor();
  }

  /** The number of the record at hand. */
  long number() {
    return next;
  }

  /** Bytes of all records that are on disk. */
  long liveBytes() {
    return liveBytes;
  }

  /** Bytes of all records that were ever written before the one at hand. */
  long writtenBytes() {
    return writtenBytes;
  }

  /** Adds a run of samples to the record at hand. */
  void add(int id, long[] times, double[] values) {
    if (record.size() == 0) {
      before = times[0];
      record.putSigned(before);
    }
    record.putVarint(id);
    record.putVarint(times.length);
    for (int i = 0; i < times.length; i++) {
      record.putSigned(times[i] - before);
      record.putLong(Double.doubleToRawLongBits(values[i]));
      before = times[i];
    }
  }

  /** Puts the record at hand into the batch and begins the next. */
  void finish(WriteBatch batch) throws RocksDBException {
    if (record.size() == 0) {
      return;
    }
    batch.put(store.journal, Store.journalKey(next), record.toByteArray());
    records.add(new Written(next, record.size()));
    liveBytes += record.size();
    writtenBytes += record.size();
    next++;
    record = new ByteWriter(Math.max(1024, record.size()));
  }

  /** Drops all records before a number. */
  void dropBefore(long number, WriteBatch batch) throws RocksDBException {
    Written oldest = records.peek();
    if (oldest == null || oldest.number() >= number) {
      return;
    }
    long end = Math.min(number, next);
    batch.deleteRange(store.journal, Store.journalKey(oldest.number()), Store.journalKey(end));
    while (oldest != null && oldest.number() < number) {
      liveBytes -= oldest.bytes();
      records.poll();
      oldest = records.peek();
    }
  }

  /** Reads all records that are on disk; {@link #number} is that of the record being read. */
  void replay(Visitor visitor) throws RocksDBException {
    long floor = next;
    try (RocksIterator iterator = store.db.newIterator(store.journal)) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        next = Store.number(iterator.key());
        byte[] bytes = iterator.value();
        records.add(new Written(next, bytes.length));
        liveBytes += bytes.length;
        read(bytes, visitor);
        writtenBytes += bytes.length;
        next++;
        visitor.endOfRecord();
      }
    }
    next = Math.max(next, floor);
  }

  private static void read(byte[] bytes, Visitor visitor) throws RocksDBException {
    ByteReader in = new ByteReader(bytes);
    long time = in.getSigned();
    while (in.left() > 0) {
      int id = in.getCount(0, Integer.MAX_VALUE);
      int n = in.getCount(1, Integer.MAX_VALUE);
      for (int i = 0; i < n; i++) {
        time += in.getSigned();
        visitor.sample(id, time, Double.longBitsToDouble(in.getLong()));
      }
    }
  }
}
