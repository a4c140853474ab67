package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.LaneUnavailableException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.rocksdb.RocksDBException;

/** The end of all that the store has of a device. The offsets of its entries stay taken. */
final class Erase extends CompletableFuture<Void> implements Write {
  private final List<Entries> entries;
  private final List<Key> keys;

  /** Entries of a partition, by offset. */
  record Entries(Partition<?> partition, List<Long> offsets) {}

  /** Something in a family. */
  record Key(Store.Family family, byte[] key) {}

  Erase(List<Entries> entries, List<Key> keys) {
    this.entries = List.copyOf(entries);
    this.keys = List.copyOf(keys);
  }

  @Override
  public boolean synced() {
    return true;
  }

  @Override
  public int size() {
    int size = 0;
    for (Entries of : entries) {
      size += of.offsets().size() * 2 * Long.BYTES;
    }
    return size;
  }

  @Override
  public void into(Group group) throws RocksDBException {
    for (Entries of : entries) {
      of.partition().erase(group, of.offsets());
    }
    for (Key key : keys) {
      group.batch.delete(key.family().handle(), key.key());
    }
  }

  @Override
  public void done() {
    complete(null);
  }

  @Override
  public void failed(LaneUnavailableException cause) {
    completeExceptionally(cause);
  }
}
