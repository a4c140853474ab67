package io.foretell.ingest.engine.rocksdb;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** A group commit in the making. */
final class Group implements AutoCloseable {
  final WriteBatch batch = new WriteBatch();
  private final List<Partition<?>> touched = new ArrayList<>();

  void touch(Partition<?> partition) {
    touched.add(partition);
  }

  /** Nothing more is placed in it. */
  void complete() throws RocksDBException {
    for (Partition<?> partition : touched) {
      partition.seal(this);
    }
  }

  /** It is on disk: readers may see it. */
  void publish() {
    touched.forEach(Partition::publish);
    clear();
  }

  /** It is not: the offsets are given out again. */
  void drop() {
    touched.forEach(Partition::drop);
    clear();
  }

  private void clear() {
    touched.clear();
    batch.clear();
  }

  @Override
  public void close() {
    batch.close();
  }
}
