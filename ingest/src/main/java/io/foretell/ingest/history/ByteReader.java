package io.foretell.ingest.history;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/** Reads what {@link ByteWriter} has put; ends in {@link InvalidInputException} where it is not. */
public final class ByteReader {
  private final byte[] bytes;
  private int at;

  /** From the beginning. */
  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** How many bytes are left. */
  public int left() {
    return bytes.length - at;
  }

  /** The next byte, 0–255. */
  public int get() {
    if (at == bytes.length) {
      throw broken("cut off at " + at);
    }
    return bytes[at++] & 0xFF;
  }

  /** Eight bytes. */
  public long getLong() {
    return getHigh(Long.BYTES);
  }

  /** A number of some bytes. */
  public long getHigh(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | get();
    }
    return value;
  }

  /** A number of up to ten bytes. */
  public long getVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = get();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw broken("a number of more than ten bytes at " + at);
  }

  /** A number of either sign. */
  public long getSigned() {
    long value = getVarint();
    return value >>> 1 ^ -(value & 1);
  }

  /** A number within a range. */
  public int getCount(int least, int most) {
    long count = getVarint();
    if (count < least || count > most) {
      throw broken("count " + count + " at " + at);
    }
    return (int) count;
  }

  /** What to throw where the bytes make no sense. */
  public static InvalidInputException broken(String detail) {
    return new InvalidInputException(ReasonCode.INTERNAL, "history chunk: " + detail);
  }
}
