package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What a pass of a stage or a sink leaves, all or nothing: states, timers, entries on other lanes,
 * and the offset it goes on from.
 *
 * <p>Without entries for other lanes it is not synced. That is safe because the log on disk is
 * always a prefix of what was written: a power cut can only take the newest passes, whose input was
 * synced before they began; they are done again from the states before, and give the same, since a
 * stage is deterministic. With entries it is synced, so no reader ever acts on an entry that a
 * power cut could take.
 */
final class Commit extends CompletableFuture<Void> implements Write {
  private final long epoch;
  private final Store store;
  private final Counters counters;
  private final List<Change> changes = new ArrayList<>();
  private final List<Output<?>> outputs = new ArrayList<>();
  private int size;

  private record Change(Store.@Nullable Family family, byte[] key, byte @Nullable [] value) {}

  private record Output<T>(Partition<T> to, DeviceId key, long at, T value, byte[] record) {
    void into(Group group) throws RocksDBException {
      to.place(group, key, at, value, record);
    }
  }

  /**
   * @param epoch of the store when the pass read from it: in another one its input may be void
   */
  Commit(Store store, long epoch, Counters counters) {
    this.store = store;
    this.epoch = epoch;
    this.counters = counters;
  }

  void put(Store.Family family, byte[] key, byte[] value) {
    changes.add(new Change(family, key, value));
    size += key.length + value.length;
  }

  void delete(Store.Family family, byte[] key) {
    changes.add(new Change(family, key, null));
    size += key.length;
  }

  /** Something that is said once. */
  void meta(byte[] key, byte[] value) {
    changes.add(new Change(null, key, value));
    size += key.length + value.length;
  }

  <T> void append(Partition<T> to, DeviceId key, long at, T value, byte[] record) {
    outputs.add(new Output<>(to, key, at, value, record));
    size += record.length;
  }

  @Override
  public boolean synced() {
    return !outputs.isEmpty();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void into(Group group) throws RocksDBException {
    if (epoch != store.epoch()) {
      completeExceptionally(new LaneUnavailableException("the store was opened again meanwhile"));
      return;
    }
    for (Change change : changes) {
      into(group, change);
    }
    for (Output<?> output : outputs) {
      output.into(group);
    }
  }

  private static void into(Group group, Change change) throws RocksDBException {
    Store.Family family = change.family();
    byte[] value = change.value();
    if (value == null) {
      if (family != null) {
        group.batch.delete(family.handle(), change.key());
      }
    } else if (family == null) {
      group.batch.put(change.key(), value);
    } else {
      group.batch.put(family.handle(), change.key(), value);
    }
  }

  @Override
  public void done() {
    if (complete(null)) {
      counters.passes.increment();
      counters.outputs.add(outputs.size());
    }
  }

  @Override
  public void failed(LaneUnavailableException cause) {
    completeExceptionally(cause);
  }
}
