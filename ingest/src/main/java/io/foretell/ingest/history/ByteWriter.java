package io.foretell.ingest.history;

import java.util.Arrays;

/** Bytes that grow, with numbers in LEB128, lowest seven bits first. */
public final class ByteWriter {
  private byte[] bytes;
  private int size;

  /** With room for some bytes to begin with. */
  public ByteWriter(int room) {
    bytes = new byte[room];
  }

  /** How many bytes were put. */
  public int size() {
    return size;
  }

  /** Forgets what was put. */
  public void clear() {
    size = 0;
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Puts the lowest eight bits. */
  public void put(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  /** Puts eight bytes, the highest first. */
  public void putLong(long value) {
    putHigh(value, Long.BYTES);
  }

  /** Puts the lowest bytes of a number, the highest of them first. */
  public void putHigh(long value, int count) {
    room(count);
    for (int shift = (count - 1) * 8; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  /** Puts a number that is never negative, or else takes ten bytes. */
  public void putVarint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** Puts a number of either sign, small ones in few bytes. */
  public void putSigned(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }

  /** Puts all bytes of another. */
  public void putAll(ByteWriter other) {
    room(other.size);
    System.arraycopy(other.bytes, 0, bytes, size, other.size);
    size += other.size;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
