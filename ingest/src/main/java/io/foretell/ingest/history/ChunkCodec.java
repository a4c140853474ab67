package io.foretell.ingest.history;

import java.util.Arrays;

/*
 * Design note. Samples of a device come at a fixed period, or nearly, and their values are decimals
 * of a few digits that move little. So times are kept as the change of their difference (as in
 * Pelkonen et al., "Gorilla", VLDB 2015), and nothing at all where the period is fixed; values, as
 * the differences of whole numbers over a power of ten where that gives back each double bit by
 * bit, and else as the bytes that differ from the value before (Gorilla's XOR, in whole bytes).
 *
 * All of it stays in whole bytes, because the store below compresses blocks of many chunks with
 * zstd, whose entropy coder finds in whole bytes what packed bits would hide from it. A random walk
 * of one decimal at a fixed period takes one byte a sample here, and 1.8 bytes a sample of disk with
 * keys, tails, tables and all (FiguresTest).
 */
/**
 * The bytes of a chunk of samples; numbers are LEB128, signed ones zigzag.
 *
 * <pre>
 *   bits of byte 0:  7..4 version = 1 | 3..2 form of values | 1..0 form of times
 *   n ≥ 1 | first time
 *   times   0 fixed:    period                                (only where n &gt; 1)
 *           1 varying:  first difference, then n − 2 changes of the difference
 *   values  0 constant: 8 bytes
 *           1 decimal:  digits after the point (1 byte), first, then n − 1 differences
 *           2 binary:   8 bytes, then n − 1 × (control byte, bytes that differ from the one before)
 *                       control: 7..4 zero bytes at the end | 3..0 bytes that follow; 0: the same
 * </pre>
 */
public final class ChunkCodec {
  /** The most samples that a chunk may have. */
  public static final int MOST = 1 << 20;

  private static final int VERSION = 1;
  private static final int FIXED = 0;
  private static final int VARYING = 1;
  private static final int CONSTANT = 0;
  private static final int DECIMAL = 1;
  private static final int BINARY = 2;

  private static final double[] TENS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  private static final double EXACT = 1L << 53;
  private static final int NOT_DECIMAL = -1;
  private static final int WORTH_A_LOOK = 3;

  private ChunkCodec() {}

  /** The bytes of at least one sample. */
  public static byte[] encode(Samples samples) {
    return encode(samples, 0, samples.size());
  }

  /** The bytes of the samples of a range that is not empty. */
  public static byte[] encode(Samples samples, int from, int to) {
    long[] times = samples.times();
    boolean fixed = fixed(times, from, to);
    ByteWriter out = new ByteWriter(32 + 2 * (to - from));
    ByteWriter values = new ByteWriter(16 + 9 * (to - from));
    int form = putValues(values, samples.values(), from, to);
    out.put(VERSION << 4 | form << 2 | (fixed ? FIXED : VARYING));
    out.putVarint(to - from);
    out.putSigned(times[from]);
    putTimes(out, times, from, to, fixed);
    out.putAll(values);
    return out.toByteArray();
  }

  /**
   * The samples of some bytes.
   *
   * @throws io.foretell.proto.InvalidInputException and nothing else, whatever the bytes are
   */
  public static Samples decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int head = in.get();
    if (head >> 4 != VERSION) {
      throw ByteReader.broken("version " + (head >> 4));
    }
    int n = in.getCount(1, MOST);
    int timeForm = head & 3;
    int valueForm = head >> 2 & 3;
    if ((timeForm != FIXED || valueForm != CONSTANT) && n > bytes.length) {
      throw ByteReader.broken(n + " samples in " + bytes.length + " bytes");
    }
    return new Samples(times(in, n, timeForm), values(in, n, valueForm));
  }

  private static void putTimes(ByteWriter out, long[] times, int from, int to, boolean fixed) {
    if (to - from == 1) {
      return;
    }
    long difference = times[from + 1] - times[from];
    out.putVarint(difference);
    for (int i = from + 2; !fixed && i < to; i++) {
      long next = times[i] - times[i - 1];
      out.putSigned(next - difference);
      difference = next;
    }
  }

  private static long[] times(ByteReader in, int n, int form) {
    if (form > VARYING) {
      throw ByteReader.broken("form of times " + form);
    }
    long[] times = new long[n];
    times[0] = in.getSigned();
    long difference = n > 1 ? in.getVarint() : 0;
    for (int i = 1; i < n; i++) {
      difference += form == VARYING && i > 1 ? in.getSigned() : 0;
      times[i] = times[i - 1] + difference;
      if (times[i] <= times[i - 1]) {
        throw ByteReader.broken("times that do not ascend");
      }
    }
    return times;
  }

  /** Puts the values in the form that takes least, and says which it is. */
  private static int putValues(ByteWriter out, double[] values, int from, int to) {
    if (constant(values, from, to)) {
      out.putLong(Double.doubleToRawLongBits(values[from]));
      return CONSTANT;
    }
    int digits = digits(values, from, to);
    if (digits == NOT_DECIMAL) {
      putBinaries(out, values, from, to);
      return BINARY;
    }
    putDecimals(out, values, from, to, digits);
    // Only decimals of many digits that jump about can be longer than the bytes that differ.
    if (out.size() > WORTH_A_LOOK * (to - from)) {
      ByteWriter binary = new ByteWriter(out.size());
      putBinaries(binary, values, from, to);
      if (binary.size() < out.size()) {
        out.clear();
        out.putAll(binary);
        return BINARY;
      }
    }
    return DECIMAL;
  }

  private static void putDecimals(ByteWriter out, double[] values, int from, int to, int digits) {
    out.put(digits);
    long before = 0;
    for (int i = from; i < to; i++) {
      long whole = Math.round(values[i] * TENS[digits]);
      out.putSigned(whole - before);
      before = whole;
    }
  }

  private static void putBinaries(ByteWriter out, double[] values, int from, int to) {
    long before = Double.doubleToRawLongBits(values[from]);
    out.putLong(before);
    for (int i = from + 1; i < to; i++) {
      long bits = Double.doubleToRawLongBits(values[i]);
      long differing = bits ^ before;
      if (differing == 0) {
        out.put(0);
      } else {
        int zeros = Long.numberOfTrailingZeros(differing) / 8;
        int count = 8 - zeros - Long.numberOfLeadingZeros(differing) / 8;
        out.put(zeros << 4 | count);
        out.putHigh(differing >>> (zeros * 8), count);
      }
      before = bits;
    }
  }

  private static double[] values(ByteReader in, int n, int form) {
    double[] values = new double[n];
    switch (form) {
      case CONSTANT -> Arrays.fill(values, Double.longBitsToDouble(in.getLong()));
      case DECIMAL -> decimals(in, values);
      case BINARY -> binaries(in, values);
      default -> throw ByteReader.broken("form of values " + form);
    }
    return values;
  }

  private static void decimals(ByteReader in, double[] values) {
    int digits = in.getCount(0, TENS.length - 1);
    long whole = 0;
    for (int i = 0; i < values.length; i++) {
      whole += in.getSigned();
      values[i] = whole / TENS[digits];
    }
  }

  private static void binaries(ByteReader in, double[] values) {
    long bits = in.getLong();
    values[0] = Double.longBitsToDouble(bits);
    for (int i = 1; i < values.length; i++) {
      int control = in.get();
      int zeros = control >> 4;
      int count = control & 15;
      if (zeros + count > 8) {
        throw ByteReader.broken("control byte " + control);
      }
      if (count > 0) {
        bits ^= in.getHigh(count) << (zeros * 8);
      }
      values[i] = Double.longBitsToDouble(bits);
    }
  }

  private static boolean fixed(long[] times, int from, int to) {
    for (int i = from + 2; i < to; i++) {
      if (times[i] - times[i - 1] != times[i - 1] - times[i - 2]) {
        return false;
      }
    }
    return true;
  }

  private static boolean constant(double[] values, int from, int to) {
    long bits = Double.doubleToRawLongBits(values[from]);
    for (int i = from + 1; i < to; i++) {
      if (Double.doubleToRawLongBits(values[i]) != bits) {
        return false;
      }
    }
    return true;
  }

  /** How many digits after the point give each value back bit by bit. */
  private static int digits(double[] values, int from, int to) {
    int digits = 0;
    for (int i = from; i < to; i++) {
      while (!exact(values[i], digits)) {
        if (++digits == TENS.length) {
          return NOT_DECIMAL;
        }
      }
    }
    for (int i = from; i < to; i++) {
      if (!exact(values[i], digits)) {
        return NOT_DECIMAL;
      }
    }
    return digits;
  }

  private static boolean exact(double value, int digits) {
    double scaled = value * TENS[digits];
    if (!(Math.abs(scaled) < EXACT)) {
      return false;
    }
    double back = Math.round(scaled) / TENS[digits];
    return Double.doubleToRawLongBits(back) == Double.doubleToRawLongBits(value);
  }
}
