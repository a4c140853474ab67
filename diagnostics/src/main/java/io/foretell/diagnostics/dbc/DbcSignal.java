package io.foretell.diagnostics.dbc;

import java.util.Map;

/**
 * One signal of a message, ready to be extracted.
 *
 * <p>Little endian ({@code @1}): {@code start} is the lowest bit, counted from bit 0 of byte 0. Big
 * endian ({@code @0}): {@code start} is the highest bit, bit 7 of a byte being its first; the
 * signal goes on at bit 7 of the next byte.
 *
 * <p>A signal within the first eight bytes is cut out of one word: the frame's bytes as a long, in
 * the signal's byte order, shifted left until its highest bit is bit 63, then right until its
 * lowest is bit 0, with its sign or without.
 */
public final class DbcSignal {
  private static final int WORD = 64;

  private final String name;
  private final int start;
  private final int bits;
  private final boolean bigEndian;
  private final Kind kind;
  private final double factor;
  private final double offset;
  private final String unit;
  private final Map<Long, String> choices;
  private final int spn;

  private final int needs;
  private final boolean near;
  private final boolean signed;
  private final boolean plain;
  private final int left;
  private final int right;

  DbcSignal(SignalDraft draft) {
    this.name = draft.longName;
    this.start = draft.start;
    this.bits = draft.bits;
    this.bigEndian = draft.bigEndian;
    this.kind = draft.kind;
    this.factor = draft.factor;
    this.offset = draft.offset;
    this.unit = draft.unit;
    this.choices = Map.copyOf(draft.choices);
    this.spn = draft.spn;
    this.needs = (bigEndian ? first() + bits + 7 : start + bits + 7) / 8;
    this.near = needs <= Long.BYTES;
    this.signed = kind == Kind.SIGNED;
    this.plain = signed || kind == Kind.UNSIGNED && bits < WORD;
    this.left = bigEndian ? first() : WORD - start - bits;
    this.right = WORD - bits;
  }

  /** How raw bits are read. */
  public enum Kind {
    UNSIGNED,
    SIGNED,
    /** IEEE 754, 16 or 32 bits. */
    FLOAT,
    /** IEEE 754, 64 bits. */
    DOUBLE
  }

  /** Its long name where the file has one. */
  public String name() {
    return name;
  }

  /** Start bit as in the file. */
  public int start() {
    return start;
  }

  /** 1–64. */
  public int bits() {
    return bits;
  }

  /** Whether the highest byte comes first. */
  public boolean bigEndian() {
    return bigEndian;
  }

  /** How the raw bits are read. */
  public Kind kind() {
    return kind;
  }

  /** Scaled = raw × factor + offset. */
  public double factor() {
    return factor;
  }

  /** Scaled = raw × factor + offset. */
  public double offset() {
    return offset;
  }

  /** As in the file; empty where it has none. */
  public String unit() {
    return unit;
  }

  /** Names of raw values; empty where there are none. */
  public Map<Long, String> choices() {
    return choices;
  }

  /** Its suspect parameter number (SAE J1939) where the file's attributes name it; otherwise -1. */
  public int spn() {
    return spn;
  }

  /** How many bytes a frame must have for this signal. */
  public int needs() {
    return needs;
  }

  /** Whether its raw value is a whole number. */
  public boolean integral() {
    return kind == Kind.UNSIGNED || kind == Kind.SIGNED;
  }

  /** Whether its scaled values are whole numbers. */
  public boolean whole() {
    return integral() && factor == Math.rint(factor) && offset == Math.rint(offset);
  }

  /** The raw bits, sign extended where they are signed. The data has at least {@link #needs}. */
  public long raw(byte[] data) {
    long value = bigEndian ? big(data) : little(data);
    return signed ? value << right >> right : value << right >>> right;
  }

  /**
   * The same, with the frame's first eight bytes at hand.
   *
   * @param little the bytes with the first one lowest; those that are missing are 0
   * @param big the bytes with the first one highest
   */
  long raw(long little, long big, byte[] data) {
    if (!near) {
      return raw(data);
    }
    long word = (bigEndian ? big : little) << left;
    return signed ? word >> right : word >>> right;
  }

  /** The scaled value of raw bits. */
  public double scaled(long raw) {
    return (plain ? raw : number(raw)) * factor + offset;
  }

  /** The number that raw bits stand for. */
  public double number(long raw) {
    return switch (kind) {
      case FLOAT -> bits == Short.SIZE ? half((int) raw) : Float.intBitsToFloat((int) raw);
      case DOUBLE -> Double.longBitsToDouble(raw);
      case SIGNED -> raw;
      case UNSIGNED -> raw >= 0 ? raw : (raw >>> 1 | raw & 1) * 2.0;
    };
  }

  /** IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
  private static double half(int raw) {
    int exponent = raw >>> 10 & 0x1F;
    int fraction = raw & 0x3FF;
    double size =
        exponent == 0x1F
            ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
            : exponent == 0
                ? Math.scalb((double) fraction, -24)
                : Math.scalb((double) (fraction | 0x400), exponent - 25);
    return (raw & 0x8000) == 0 ? size : -size;
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
    return bytes == 9 ? value | (long) (data[at + 8] & 0xFF) << WORD - shift : value;
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
