package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.LaneUnavailableException;
import java.util.concurrent.CompletableFuture;
import org.rocksdb.RocksDBException;

/**
 * What goes before the clock ticks of a stage on one partition, so that a replay ticks at the same
 * places: every entry that is placed later gets a time that is not before the ticks, for good. The
 * stage then folds what was placed earlier, and ticks.
 *
 * <p>So a late entry, appended with a time before a tick that has been done already, cannot get in
 * front of that tick when the lane is read again.
 */
final class Fence extends CompletableFuture<Fence.Raised> implements Write {
  private static final int SIZE = 32;

  private final Partition<?> partition;
  private final long at;
  private long end;

  /**
   * A fence that stands.
   *
   * @param at time of the latest tick that it is for
   * @param end the first offset behind it
   */
  record Raised(long at, long end) {}

  Fence(Partition<?> partition, long at) {
    this.partition = partition;
    this.at = at;
  }

  @Override
  public boolean synced() {
    return true;
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public void into(Group group) throws RocksDBException {
    end = partition.raise(group, at);
  }

  @Override
  public void done() {
    complete(new Raised(at, end));
  }

  @Override
  public void failed(LaneUnavailableException cause) {
    completeExceptionally(cause);
  }
}
