package io.foretell.diagnostics.packed;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what {@link Packer} wrote, in the same order. Bytes that end too early, or a length that is
 * larger than what is left, are refused with {@link InvalidInputException}.
 */
public final class Unpacker {
  /** Nothing that happens one by one comes here in the life of a machine. */
  private static final long MOST = 1L << 62;

  private final byte[] bytes;
  private int at;

  /** Reads from the first byte on; the array is not copied. */
  public Unpacker(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A number that is never negative. */
  public long count() {
    long value = varint();
    if (value < 0) {
      throw broken("negative count");
    }
    return value;
  }

  /** A count of what happens one by one, from which it can go on. */
  public long counter() {
    long value = count();
    if (value > MOST) {
      throw broken("counter " + value);
    }
    return value;
  }

  /** A count that must fit into an {@code int}. */
  public int whole() {
    long value = count();
    if (value > Integer.MAX_VALUE) {
      throw broken("count " + value);
    }
    return (int) value;
  }

  /** A number of things that follow, each at least one byte long. */
  public int length() {
    long value = varint();
    if (value < 0 || value > bytes.length - at) {
      throw broken("length " + value);
    }
    return (int) value;
  }

  /** A number that must fit into an {@code int}. */
  public int integer() {
    long value = number();
    if (value != (int) value) {
      throw broken("number " + value);
    }
    return (int) value;
  }

  /** Any number. */
  public long number() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** One byte, 1 or 0. */
  public boolean flag() {
    return varint() != 0;
  }

  /** Eight bytes. */
  public double real() {
    need(8);
    long bits = 0;
    for (int i = 0; i < 64; i += 8) {
      bits |= (bytes[at++] & 0xFFL) << i;
    }
    return Double.longBitsToDouble(bits);
  }

  /** Four bytes. */
  public float real32() {
    need(4);
    int bits = 0;
    for (int i = 0; i < 32; i += 8) {
      bits |= (bytes[at++] & 0xFF) << i;
    }
    return Float.intBitsToFloat(bits);
  }

  /** UTF-8 with its length in bytes before it. */
  public String text() {
    int length = length();
    String value = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return value;
  }

  /** Bytes with their number before them. */
  public byte[] bytes() {
    int length = length();
    byte[] value = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return value;
  }

  /** Names with figures. */
  public Map<String, Double> figures() {
    int size = length();
    Map<String, Double> values = new HashMap<>();
    for (int i = 0; i < size; i++) {
      values.put(text(), real());
    }
    return values;
  }

  /** One of a list of values, by its place in it. */
  public <T> T oneOf(T[] values) {
    long place = varint();
    if (place < 0 || place >= values.length) {
      throw broken("choice " + place + " of " + values.length);
    }
    return values[(int) place];
  }

  /** Whether everything was read. */
  public boolean done() {
    return at == bytes.length;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte b = bytes[at++];
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("number too long");
  }

  private void need(int more) {
    if (more > bytes.length - at) {
      throw broken("ends early");
    }
  }

  private InvalidInputException broken(String what) {
    return new InvalidInputException(
        ReasonCode.WRONG_SHAPE, "packed bytes, at " + at + " of " + bytes.length + ": " + what);
  }
}
