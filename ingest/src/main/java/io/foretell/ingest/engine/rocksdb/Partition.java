package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * One partition of a lane: where it begins and ends, and its newest entries, still decoded.
 *
 * <p>The writer alone places entries; {@link #publish} shows to readers what has become durable.
 */
final class Partition<T> {
  private static final long MAX_READ_BYTES = 8L << 20;

  private final Store store;
  private final Store.Family family;
  private final Codec<T> codec;
  private final String lane;
  private final int number;
  private final Tail<T> tail = new Tail<>();
  private final List<Reader> readers = new CopyOnWriteArrayList<>();

  // Of the writer alone.
  private final Chunks.Builder chunk = new Chunks.Builder();
  private final List<Entry<T>> placed = new ArrayList<>();
  private long placedBytes;
  private boolean touched;
  private long next;
  private long floor;

  private volatile long begin;
  private volatile long end;

  Partition(Store store, Store.Family family, String lane, int number, Codec<T> codec) {
    this.store = store;
    this.family = family;
    this.lane = lane;
    this.number = number;
    this.codec = codec;
    reload();
  }

  /** Learns from the store where the partition begins and ends; before the writer places in it. */
  void reload() {
    long kept = store.metaNumber(Keys.begin(lane, number), 0);
    long last = store.read(db -> last());
    begin = kept;
    next = Math.max(Math.max(kept, last + 1), store.metaNumber(Keys.end(lane, number), 0));
    floor = store.metaNumber(Keys.floor(lane, number), Long.MIN_VALUE);
    tail.reset(next);
    end = next;
  }

  private long last() {
    try (RocksIterator iterator = store.iterator(family)) {
      iterator.seekToLast();
      return iterator.isValid() ? Keys.number(iterator.key()) : -1;
    }
  }

  Store.Family family() {
    return family;
  }

  String lane() {
    return lane;
  }

  int number() {
    return number;
  }

  long begin() {
    return begin;
  }

  long end() {
    return end;
  }

  void add(Reader reader) {
    readers.add(reader);
  }

  List<Reader> readers() {
    return readers;
  }

  /**
   * Puts an entry into a group, at the next offset.
   *
   * @param at not before the latest clock tick of a stage on this partition: see {@link Fence}
   */
  Position place(Group group, DeviceId key, long at, T value, byte[] record)
      throws RocksDBException {
    Position position = new Position(lane, number, next);
    long time = Math.max(at, floor);
    Records.setAt(record, time);
    chunk.add(record);
    next++;
    touch(group);
    if (chunk.isFull()) {
      seal(group);
    }
    if (!readers.isEmpty()) {
      placed.add(new Entry<>(position, 0, key, time, value));
      placedBytes += record.length;
    }
    return position;
  }

  /** Puts what was placed and is in no chunk yet into the group, which is complete. */
  void seal(Group group) throws RocksDBException {
    if (!chunk.isEmpty()) {
      group.batch.put(family.handle(), Keys.number(next - 1), chunk.take());
    }
  }

  /** From here on no entry has an earlier time; returns where it holds from. */
  long raise(Group group, long time) throws RocksDBException {
    if (time > floor) {
      floor = time;
      group.batch.put(Keys.floor(lane, number), Keys.number(time));
    }
    return next;
  }

  /**
   * Takes entries out. What they take among the offsets stays taken, also where they were the last.
   */
  void erase(Group group, List<Long> offsets) throws RocksDBException {
    if (offsets.isEmpty()) {
      return;
    }
    try (RocksIterator iterator = store.iterator(family)) {
      for (int i = 0; i < offsets.size(); ) {
        iterator.seek(Keys.number(offsets.get(i)));
        if (!iterator.isValid()) {
          break;
        }
        long last = Keys.number(iterator.key());
        int to = i;
        while (to < offsets.size() && offsets.get(to) <= last) {
          to++;
        }
        erase(group, last, iterator.value(), Set.copyOf(offsets.subList(i, to)));
        i = to;
      }
    }
    group.batch.put(Keys.end(lane, number), Keys.number(next));
    // Readers go to the store for what was erased and for its neighbours.
    tail.reset(end);
  }

  private void erase(Group group, long last, byte[] value, Set<Long> offsets)
      throws RocksDBException {
    Optional<byte[]> rest = Chunks.without(value, last, offsets);
    if (rest.isPresent()) {
      group.batch.put(family.handle(), Keys.number(last), rest.get());
    } else {
      group.batch.delete(family.handle(), Keys.number(last));
    }
  }

  /** Puts the end of the entries below an offset into a group. */
  void trim(Group group, long below) throws RocksDBException {
    group.batch.deleteRange(family.handle(), Keys.number(begin), Keys.number(below));
    group.batch.put(Keys.begin(lane, number), Keys.number(below));
  }

  void trimmed(long below) {
    begin = below;
  }

  private void touch(Group group) {
    if (!touched) {
      touched = true;
      group.touch(this);
    }
  }

  /** What was placed is durable. */
  void publish() {
    if (placed.isEmpty()) {
      tail.reset(next);
    } else {
      tail.add(placed, placedBytes);
    }
    end = next;
    clear();
    for (Reader reader : readers) {
      reader.wake();
    }
  }

  /** What was placed is not durable. */
  void drop() {
    next = end;
    clear();
  }

  private void clear() {
    chunk.clear();
    placed.clear();
    placedBytes = 0;
    touched = false;
  }

  /** Whether the entry at an offset is still in memory. */
  boolean fresh(long offset) {
    return tail.has(offset);
  }

  /** Durable entries from an offset on, at most {@code limit} and some megabytes, but one. */
  List<Entry<T>> read(long from, int limit) {
    long start = Math.max(from, begin);
    int count = (int) Math.min(limit, Math.max(0, end - start));
    if (count <= 0) {
      return List.of();
    }
    List<Entry<T>> fresh = tail.read(start, count);
    return fresh != null ? fresh : store.read(db -> readStored(start, count));
  }

  private List<Entry<T>> readStored(long from, int count) {
    List<Entry<T>> read = new ArrayList<>(count);
    long bytes = 0;
    try (RocksIterator iterator = store.iterator(family)) {
      iterator.seek(Keys.number(from));
      while (iterator.isValid() && read.size() < count && bytes < MAX_READ_BYTES) {
        byte[] value = iterator.value();
        bytes += value.length;
        readChunk(Keys.number(iterator.key()), value, from, count, read);
        iterator.next();
      }
    }
    return read;
  }

  private void readChunk(long last, byte[] value, long from, int count, List<Entry<T>> read) {
    Chunks.Walk walk = new Chunks.Walk(value);
    for (long offset = last - walk.count() + 1; walk.hasNext() && read.size() < count; offset++) {
      if (offset < from || walk.isErased()) {
        walk.skip();
      } else {
        byte[] record = walk.next();
        T decoded = codec.decode(Records.value(record));
        Position position = new Position(lane, number, offset);
        read.add(new Entry<>(position, 0, Records.key(record), Records.at(record), decoded));
      }
    }
  }

  /** The time of the first entry from an offset on; the latest of all where there is none. */
  long timeFrom(long offset) {
    return store.read(
        db -> {
          try (RocksIterator iterator = store.iterator(family)) {
            long time = Long.MAX_VALUE;
            iterator.seek(Keys.number(offset));
            while (iterator.isValid() && time == Long.MAX_VALUE) {
              time = timeFrom(offset, Keys.number(iterator.key()), iterator.value());
              iterator.next();
            }
            return time;
          }
        });
  }

  private static long timeFrom(long offset, long last, byte[] value) {
    Chunks.Walk walk = new Chunks.Walk(value);
    for (long at = last - walk.count() + 1; walk.hasNext(); at++) {
      if (at >= offset && !walk.isErased()) {
        return Records.at(walk.next());
      }
      walk.skip();
    }
    return Long.MAX_VALUE;
  }
}
