package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of a partition, as they were appended, so that a reader that keeps up decodes
 * nothing. Bounded by count and by bytes; what falls out is read from the store.
 */
final class Tail<T> {
  private static final int SLOTS = 8192;
  private static final long MAX_BYTES = 4L << 20;

  private final @Nullable Object[] entries = new @Nullable Object[SLOTS];
  private final int[] sizes = new int[SLOTS];
  private long from;
  private long to;
  private long bytes;

  /** Forgets all; the next entry added has this offset. */
  synchronized void reset(long next) {
    for (long offset = from; offset < to; offset++) {
      entries[slot(offset)] = null;
    }
    from = next;
    to = next;
    bytes = 0;
  }

  /** Adds entries whose offsets follow on. */
  synchronized void add(List<Entry<T>> fresh, long freshBytes) {
    if (fresh.isEmpty()) {
      return;
    }
    int size = (int) (freshBytes / fresh.size());
    for (Entry<T> entry : fresh) {
      if (to - from == SLOTS) {
        evict();
      }
      entries[slot(to)] = entry;
      sizes[slot(to)] = size;
      to++;
      bytes += size;
    }
    while (bytes > MAX_BYTES && to - from > 1) {
      evict();
    }
  }

  /** Whether the entry at an offset is here. */
  synchronized boolean has(long offset) {
    return offset >= from && offset < to;
  }

  /** Up to {@code limit} entries from an offset on; null where they have fallen out. */
  synchronized @Nullable List<Entry<T>> read(long offset, int limit) {
    if (offset < from || offset >= to) {
      return null;
    }
    int count = (int) Math.min(limit, to - offset);
    List<Entry<T>> read = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      read.add(entry(slot(offset + i)));
    }
    return read;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // slots in [from, to) hold what add() put there
  private Entry<T> entry(int slot) {
    return (Entry<T>) entries[slot];
  }

  private void evict() {
    int slot = slot(from);
    entries[slot] = null;
    bytes -= sizes[slot];
    from++;
  }

  private static int slot(long offset) {
    return (int) (offset & (SLOTS - 1));
  }
}
