package io.foretell.ingest.engine.rocksdb;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Records that were written together, as one value of the store: a group of appends then costs one
 * insertion for all, and not one each.
 *
 * <pre>
 * chunk    0x80  count:4  count × (length:4  record)      length 0: it was erased
 * </pre>
 *
 * A chunk's key is the offset of its last record, so that a search for an offset ends at the chunk
 * that has it. Before format 2 a value was one record; the first byte of its time, which is not
 * 0x80 within 290 million years of 1970, tells it from a chunk.
 */
final class Chunks {
  private static final byte TAG = (byte) 0x80;
  private static final int HEAD = 1 + Integer.BYTES;
  private static final byte[] GONE = {};

  private Chunks() {}

  /**
   * A value without the records at some offsets, whose places stay taken.
   *
   * @param last the offset of its last record
   * @return empty where nothing is left
   */
  static Optional<byte[]> without(byte[] value, long last, Set<Long> erased) {
    Builder rest = new Builder();
    boolean empty = true;
    Walk walk = new Walk(value);
    for (long offset = last - walk.count() + 1; walk.hasNext(); offset++) {
      byte[] record = walk.next();
      boolean stays = record.length > 0 && !erased.contains(offset);
      rest.add(stays ? record : GONE);
      empty &= !stays;
    }
    return empty ? Optional.empty() : Optional.of(rest.take());
  }

  /** A chunk in the making. */
  static final class Builder {
    private static final int FIRST_ROOM = 4096;
    private static final int MOST_BYTES = 32 * 1024;

    private byte[] bytes = new byte[FIRST_ROOM];
    private int size = HEAD;
    private int count;

    Builder() {
      bytes[0] = TAG;
    }

    void add(byte[] record) {
      int needed = size + Integer.BYTES + record.length;
      if (needed > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
      }
      Keys.INT.set(bytes, size, record.length);
      System.arraycopy(record, 0, bytes, size + Integer.BYTES, record.length);
      size = needed;
      count++;
    }

    boolean isEmpty() {
      return count == 0;
    }

    /** Whether the next record belongs into another, as readers take chunks whole. */
    boolean isFull() {
      return size >= MOST_BYTES;
    }

    /** The chunk; the next one begins. */
    byte[] take() {
      Keys.INT.set(bytes, 1, count);
      byte[] chunk = Arrays.copyOf(bytes, size);
      clear();
      return chunk;
    }

    void clear() {
      size = HEAD;
      count = 0;
      if (bytes.length > 2 * MOST_BYTES) {
        bytes = new byte[FIRST_ROOM];
        bytes[0] = TAG;
      }
    }
  }

  /** Goes through the records of a value. */
  static final class Walk {
    private final byte[] value;
    private final int count;
    private int taken;
    private int next = HEAD;

    Walk(byte[] value) {
      this.value = value;
      this.count = value[0] == TAG ? (int) Keys.INT.get(value, 1) : 1;
    }

    int count() {
      return count;
    }

    boolean hasNext() {
      return taken < count;
    }

    /** Whether the next one is only a place that is taken. */
    boolean isErased() {
      return value[0] == TAG && (int) Keys.INT.get(value, next) == 0;
    }

    void skip() {
      next += value[0] == TAG ? Integer.BYTES + (int) Keys.INT.get(value, next) : 0;
      taken++;
    }

    byte[] next() {
      if (value[0] != TAG) {
        taken++;
        return value;
      }
      int from = next + Integer.BYTES;
      skip();
      return Arrays.copyOfRange(value, from, next);
    }
  }
}
