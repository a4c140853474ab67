package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Filling;
import io.foretell.ingest.engine.Held;
import io.foretell.ingest.engine.Kept;
import io.foretell.ingest.engine.Partitioning;
import io.foretell.ingest.engine.Resting;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A new folder of the embedded engine that is filled with what another engine has. It is made where
 * nothing looks for lanes, and moved to its place by whoever has it made, when all is well.
 */
public final class FillingStore implements Filling {
  private static final int BATCH_BYTES = 4 << 20;

  private final Store store;
  private final int count;
  private final WriteBatch batch = new WriteBatch();
  private final WriteOptions unsynced = new WriteOptions();
  private final Map<String, Integer> stages = new HashMap<>();
  private final Map<String, Open> partitions = new HashMap<>();

  /** A partition that is being filled. */
  private static final class Open {
    final Store.Family family;
    final Chunks.Builder chunk = new Chunks.Builder();
    long next;

    Open(Store.Family family, long next) {
      this.family = family;
      this.next = next;
    }
  }

  private FillingStore(Store store, int count) {
    this.store = store;
    this.count = count;
  }

  /**
   * Makes it.
   *
   * @param dir a folder that has no lanes
   * @throws StoreRefusedException where it has
   */
  public static FillingStore in(Path dir, int partitions) {
    if (Files.exists(dir.resolve("CURRENT"))) {
      throw new StoreRefusedException("there are lanes in " + dir + " already");
    }
    Store store = new Store(dir);
    store.open(List.of());
    FillingStore filling = new FillingStore(store, partitions);
    filling.put(null, Keys.PARTITIONS, Keys.number(partitions));
    return filling;
  }

  @Override
  public int partitions() {
    return count;
  }

  @Override
  public long begin(String lane, int partition, long before) {
    String family = RocksLane.family(lane, partition);
    partitions.put(family, new Open(store.family(family), before));
    if (before > 0) {
      put(null, Keys.begin(lane, partition), Keys.number(before));
    }
    return before;
  }

  @Override
  public long append(String lane, int partition, Kept entry) {
    Open open = Objects.requireNonNull(partitions.get(RocksLane.family(lane, partition)));
    byte[] record = Records.of(entry.key(), entry.value());
    Records.setAt(record, entry.at());
    open.chunk.add(record);
    long offset = open.next++;
    if (open.chunk.isFull()) {
      seal(open);
    }
    return offset;
  }

  /** {@inheritDoc} Their places stay taken, behind the last entry. */
  @Override
  public long end(String lane, int partition, long erased) {
    Open open = Objects.requireNonNull(partitions.get(RocksLane.family(lane, partition)));
    seal(open);
    if (erased > 0) {
      put(null, Keys.end(lane, partition), Keys.number(open.next + erased));
    }
    return open.next + erased;
  }

  private void seal(Open open) {
    if (!open.chunk.isEmpty()) {
      put(open.family, Keys.number(open.next - 1), open.chunk.take());
    }
  }

  @Override
  public void state(String stage, String from, DeviceId key, byte[] record) {
    int number = number(stage);
    put(store.family("states"), Keys.state(number, key), record);
    long wakeAt = Held.timer(record);
    if (wakeAt != Stage.NEVER) {
      int partition = Partitioning.of(key, count);
      put(store.family("timers"), Keys.timer(number, partition, wakeAt, key), new byte[0]);
    }
  }

  /** As the engine gives numbers to stages. */
  private int number(String stage) {
    return stages.computeIfAbsent(
        stage,
        name -> {
          int number = stages.size() + 1;
          put(null, Keys.NAMES, Keys.number(number));
          put(null, Keys.name(name), Keys.number(number));
          return number;
        });
  }

  @Override
  public void stageOffset(String stage, String from, int partition, long offset) {
    put(null, Keys.offset(stage, from, partition), Keys.number(offset));
  }

  @Override
  public void sinkOffset(String sink, String from, int partition, long offset) {
    put(null, Keys.offset(sink, from, partition), Keys.number(offset));
  }

  private void put(Store.@Nullable Family family, byte[] key, byte[] value) {
    try {
      if (family == null) {
        batch.put(key, value);
      } else {
        batch.put(family.handle(), key, value);
      }
      if (batch.getDataSize() > BATCH_BYTES) {
        write();
      }
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private void write() throws RocksDBException {
    store.write(
        db -> {
          db.write(unsynced, batch);
          return true;
        });
    batch.clear();
  }

  private static LaneUnavailableException failed(RocksDBException e) {
    return new LaneUnavailableException("the lanes cannot be written: " + e.getMessage(), e);
  }

  @Override
  public Resting filled() {
    try {
      write();
      store.write(
          db -> {
            db.syncWal();
            return true;
          });
      return RestingStore.of(store);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /** Does nothing: it is in its place when its folder is. */
  @Override
  public void finish() {}

  @Override
  public void close() {
    batch.close();
    unsynced.close();
    store.close();
  }
}
