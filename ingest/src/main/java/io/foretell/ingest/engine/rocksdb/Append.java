package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** A value on its way to a lane; itself the promise of its position, to save an object. */
final class Append<T> extends CompletableFuture<Position> implements Write {
  private final Partition<T> partition;
  private final DeviceId key;
  private final long at;
  private final T value;
  private final byte[] record;
  private @Nullable Position position;

  Append(Partition<T> partition, DeviceId key, long at, T value, byte[] record) {
    this.partition = partition;
    this.key = key;
    this.at = at;
    this.value = value;
    this.record = record;
  }

  @Override
  public boolean synced() {
    return true;
  }

  @Override
  public int size() {
    return record.length;
  }

  @Override
  public void into(Group group) throws RocksDBException {
    position = partition.place(group, key, at, value, record);
  }

  @Override
  public void done() {
    complete(position);
  }

  @Override
  public void failed(LaneUnavailableException cause) {
    completeExceptionally(cause);
  }
}
