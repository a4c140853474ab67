package io.foretell.diagnostics.packed;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes values one after the other, without names or tags. Whole numbers are LEB128
 * variable-length integers, signed ones zigzag-coded as in the Protocol Buffers encoding;
 * floating-point numbers are IEEE 754, little endian. {@link Unpacker} reads them in the same
 * order.
 */
public final class Packer {
  private byte[] bytes = new byte[128];
  private int size;

  /** A number that is never negative. */
  public Packer count(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative count " + value);
    }
    return varint(value);
  }

  /** Any number. */
  public Packer number(long value) {
    return varint((value << 1) ^ (value >> 63));
  }

  /** One byte, 1 or 0. */
  public Packer flag(boolean value) {
    return varint(value ? 1 : 0);
  }

  /** Eight bytes. */
  public Packer real(double value) {
    long bits = Double.doubleToRawLongBits(value);
    room(8);
    for (int i = 0; i < 64; i += 8) {
      bytes[size++] = (byte) (bits >>> i);
    }
    return this;
  }

  /** Four bytes; what a {@code float} cannot hold is lost. */
  public Packer real32(float value) {
    int bits = Float.floatToRawIntBits(value);
    room(4);
    for (int i = 0; i < 32; i += 8) {
      bytes[size++] = (byte) (bits >>> i);
    }
    return this;
  }

  /** UTF-8 with its length in bytes before it. */
  public Packer text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes with their number before them. */
  public Packer bytes(byte[] value) {
    varint(value.length);
    room(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
    return this;
  }

  /** Names with figures, in the order of the names, so that equal maps are equal bytes. */
  public Packer figures(Map<String, Double> values) {
    varint(values.size());
    new TreeMap<>(values).forEach((name, value) -> text(name).real(value));
    return this;
  }

  /** How many bytes were written. */
  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private Packer varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
