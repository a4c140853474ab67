package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Kept;
import io.foretell.ingest.engine.Resting;
import io.foretell.proto.DeviceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.rocksdb.RocksIterator;

/** The embedded engine's folder at rest; while it is open here, no engine can start on it. */
public final class RestingStore implements Resting {
  /** The format that this version writes. */
  public static final int FORMAT = Store.FORMAT;

  private final Store store;
  private final boolean own;
  private final int partitions;

  private RestingStore(Store store, boolean own) {
    this.store = store;
    this.own = own;
    this.partitions = (int) store.metaNumber(Keys.PARTITIONS, 0);
  }

  /**
   * Opens it.
   *
   * @param dir the folder of an engine that does not run
   * @throws StoreRefusedException where it has no lanes, an engine runs on them, or a later version
   *     wrote them
   */
  public static RestingStore open(Path dir) {
    if (!Files.exists(dir.resolve("CURRENT"))) {
      throw new StoreRefusedException("there are no lanes in " + dir);
    }
    Store store = new Store(dir);
    store.openAsItIs();
    return new RestingStore(store, true);
  }

  /** Brings it to the format of this version, as the start of an engine does. */
  public static void upgrade(Path dir) {
    open(dir).close();
    try (Store store = new Store(dir)) {
      store.open(List.of());
    }
  }

  /** The format that it has. */
  public int format() {
    return store.format();
  }

  /** What is being filled; closing it leaves the store open. */
  static RestingStore of(Store store) {
    return new RestingStore(store, false);
  }

  @Override
  public int partitions() {
    return partitions;
  }

  @Override
  public long before(String lane, int partition) {
    return store.metaNumber(Keys.begin(lane, partition), 0);
  }

  @Override
  public long entries(String lane, int partition, Consumer<Kept> to) {
    long begin = before(lane, partition);
    Optional<Store.Family> family = store.known(RocksLane.family(lane, partition));
    if (family.isEmpty()) {
      return 0;
    }
    // Whole chunks of erased entries are gone; what was at the end is known by the end alone.
    long[] next = {begin, 0};
    entries(
        family.get(),
        begin,
        entry -> {
          next[0] = entry.offset() + 1;
          next[1]++;
          to.accept(entry);
        });
    long end = Math.max(last(family.get()) + 1, store.metaNumber(Keys.end(lane, partition), 0));
    return Math.max(next[0], end) - begin - next[1];
  }

  private long last(Store.Family family) {
    return store.read(
        db -> {
          try (RocksIterator iterator = store.iterator(family)) {
            iterator.seekToLast();
            return iterator.isValid() ? Keys.number(iterator.key()) : -1L;
          }
        });
  }

  private void entries(Store.Family family, long begin, Consumer<Kept> to) {
    store.read(
        db -> {
          try (RocksIterator iterator = store.iterator(family)) {
            for (iterator.seek(Keys.number(begin)); iterator.isValid(); iterator.next()) {
              chunk(Keys.number(iterator.key()), iterator.value(), begin, to);
            }
            iterator.status();
          }
          return true;
        });
  }

  private static void chunk(long last, byte[] value, long begin, Consumer<Kept> to) {
    Chunks.Walk walk = new Chunks.Walk(value);
    for (long offset = last - walk.count() + 1; walk.hasNext(); offset++) {
      if (offset < begin || walk.isErased()) {
        walk.skip();
      } else {
        byte[] record = walk.next();
        to.accept(new Kept(offset, Records.key(record), Records.at(record), Records.value(record)));
      }
    }
  }

  @Override
  public OptionalLong offset(String reader, String lane, int partition) {
    byte[] offset = store.meta(Keys.offset(reader, lane, partition));
    return offset == null ? OptionalLong.empty() : OptionalLong.of(Keys.number(offset));
  }

  @Override
  public void states(String stage, BiConsumer<DeviceId, byte[]> to) {
    int number = (int) store.metaNumber(Keys.name(stage), 0);
    byte[] prefix = Keys.statePrefix(number);
    Store.Family family = store.family("states");
    store.read(
        db -> {
          try (RocksIterator iterator = store.iterator(family)) {
            for (iterator.seek(prefix); iterator.isValid(); iterator.next()) {
              byte[] key = iterator.key();
              if (!Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
                break;
              }
              to.accept(Keys.stateDevice(key), iterator.value());
            }
            iterator.status();
          }
          return true;
        });
  }

  /** Does nothing: while it is open here, nobody else can write to it. */
  @Override
  public void requireUnchanged() {}

  @Override
  public void close() {
    if (own) {
      store.close();
    }
  }
}
