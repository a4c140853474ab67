package io.foretell.diagnostics.dbc;

import java.util.Map;

/**
 * One signal of a message, ready to be extracted.
 *
 * <p>Little endian ({@code @1}): {@code start} is the lowest bit, counted from bit 0 of byte 0. Big
 * endian ({@code @0}): {@code start} is the highest bit, bit 7 of a byte being its first; the
 * signal goes on at bit 7 of the next byte.
 *
 * @param start start bit as in the file
 * @param bits 1–64
 * @param kind how the raw bits are read
 * @param factor scaled = raw × factor + offset
 * @param choices names of raw values; empty where there are none
 */
public record DbcSignal(
    String name,
    int start,
    int bits,
    boolean bigEndian,
    Kind kind,
    double factor,
    double offset,
    String unit,
    Map<Long, String> choices) {
  /** How raw bits are read. */
  public enum Kind {
    UNSIGNED,
    SIGNED,
    /** IEEE 754, 32 bits. */
    FLOAT,
    /** IEEE 754, 64 bits. */
    DOUBLE
  }

  /** How many bytes a frame must have for this signal. */
  public int needs() {
    return bigEndian ? (first() + bits + 7) / 8 : (start + bits + 7) / 8;
  }

  /** Whether its scaled values are whole numbers. */
  public boolean whole() {
    boolean integral = kind == Kind.UNSIGNED || kind == Kind.SIGNED;
    return integral && factor == Math.rint(factor) && offset == Math.rint(offset);
  }

  /** The raw bits, sign extended where they are signed. */
  public long raw(byte[] data) {
    long value = bigEndian ? big(data) : little(data);
    if (bits == 64) {
      return value;
    }
    return kind == Kind.SIGNED ? value << 64 - bits >> 64 - bits : value & (1L << bits) - 1;
  }

  /** The scaled value of raw bits. */
  public double scaled(long raw) {
    return number(raw) * factor + offset;
  }

  /** The number that raw bits stand for. */
  public double number(long raw) {
    return switch (kind) {
      case FLOAT -> Float.intBitsToFloat((int) raw);
      case DOUBLE -> Double.longBitsToDouble(raw);
      case SIGNED -> raw;
      case UNSIGNED -> raw >= 0 ? raw : (raw >>> 1 | raw & 1) * 2.0;
    };
  }

  /** Position of the highest bit, counted from bit 7 of byte 0 down. */
  private int first() {
    return start / 8 * 8 + 7 - start % 8;
  }

  private long little(byte[] data) {
    int at = start >>> 3;
    int shift = start & 7;
    int bytes = shift + bits + 7 >>> 3;
    long value = 0;
    for (int i = Math.min(bytes, 8) - 1; i >= 0; i--) {
      value = value << 8 | data[at + i] & 0xFF;
    }
    value >>>= shift;
    return bytes == 9 ? value | (long) (data[at + 8] & 0xFF) << 64 - shift : value;
  }

  private long big(byte[] data) {
    int first = first();
    int at = first >>> 3;
    int bytes = (first & 7) + bits + 7 >>> 3;
    int shift = bytes * 8 - (first & 7) - bits;
    long value = 0;
    for (int i = 0; i < Math.min(bytes, 8); i++) {
      value = value << 8 | data[at + i] & 0xFF;
    }
    return bytes == 9 ? value << 8 - shift | (data[at + 8] & 0xFF) >>> shift : value >>> shift;
  }
}
