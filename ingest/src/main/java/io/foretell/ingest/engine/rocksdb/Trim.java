package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.LaneUnavailableException;
import java.util.concurrent.CompletableFuture;
import org.rocksdb.RocksDBException;

/** The end of the oldest entries of a partition. */
final class Trim extends CompletableFuture<Long> implements Write {
  private static final int SIZE = 64;

  private final Partition<?> partition;
  private final long below;

  Trim(Partition<?> partition, long below) {
    this.partition = partition;
    this.below = below;
  }

  @Override
  public boolean synced() {
    return false;
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public void into(Group group) throws RocksDBException {
    partition.trim(group, below);
  }

  @Override
  public void done() {
    partition.trimmed(below);
    complete(below);
  }

  @Override
  public void failed(LaneUnavailableException cause) {
    completeExceptionally(cause);
  }
}
