package io.foretell.bench.load;

import com.google.protobuf.CodedOutputStream;
import io.foretell.proto.v1.Origin;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reports of three signals, 120 bytes each, as Protobuf. Made once as a message, then only patched:
 * boot id, sequence number, time and values are written over the bytes of the first, so that making
 * a report costs the generator next to nothing.
 *
 * <p>To keep its place and width the sequence number is a varint of four bytes, the highest of them
 * zero where the number is small; Protobuf readers take that.
 */
public final class Reports {
  /** Bytes of a report. */
  public static final int LENGTH = 120;

  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final String[] SIGNALS = {
    "engine.coolant.temperature", "engine.speed", "battery.voltage"
  };
  private static final double[] MARKS = {90.123, 1812.75, 13.8125};
  private static final int SEQUENCE_BYTES = 4;
  private static final long FIRST_OF_FOUR_BYTES = 1L << 21;
  private static final long BOOT = 0x0102_0304_0506_0708L;

  private final byte[] template;
  private final int bootAt;
  private final int sequenceAt;
  private final int timeAt;
  private final int timeBytes;
  private final int[] valueAt = new int[SIGNALS.length];

  /**
   * Makes the template.
   *
   * @param now ms since 1970; the times of reports take as many bytes as this one
   */
  public Reports(long now) {
    template = padded(now);
    bootAt = find(little(BOOT));
    sequenceAt = find(varint(FIRST_OF_FOUR_BYTES));
    byte[] time = varint(now << 1);
    timeAt = find(time);
    timeBytes = time.length;
    for (int i = 0; i < MARKS.length; i++) {
      valueAt[i] = find(little(Double.doubleToRawLongBits(MARKS[i])));
    }
  }

  /** A first report at a place of an array; later ones are patched over it. */
  public void put(byte[] to, int at, long boot) {
    System.arraycopy(template, 0, to, at, LENGTH);
    LITTLE.set(to, at + bootAt, boot);
  }

  /**
   * Makes the next report out of the one before it at the same place.
   *
   * @param now ms since 1970
   * @param change added to each signal's mean
   */
  public void patch(byte[] to, int at, long sequence, long now, double change) {
    putVarint(to, at + sequenceAt, sequence, SEQUENCE_BYTES);
    putVarint(to, at + timeAt, now << 1, timeBytes);
    for (int i = 0; i < MARKS.length; i++) {
      LITTLE.set(to, at + valueAt[i], Double.doubleToRawLongBits(MARKS[i] + change));
    }
  }

  /** The first signal's name is made longer until the report has its length. */
  private static byte[] padded(long now) {
    int missing = LENGTH - encoded(SIGNALS[0], now).length;
    return encoded(SIGNALS[0] + "x".repeat(missing), now);
  }

  private static byte[] encoded(String first, long now) {
    Report.Builder report =
        Report.newBuilder()
            .setOrigin(Origin.newBuilder().setBootId(BOOT).setSequence(FIRST_OF_FOUR_BYTES))
            .setBaseTime(now);
    for (int i = 0; i < SIGNALS.length; i++) {
      String name = i == 0 ? first : SIGNALS[i];
      report.addSeries(Series.newBuilder().setSignal(name).addValue(MARKS[i]));
    }
    return report.build().toByteArray();
  }

  private int find(byte[] part) {
    // Latin 1 keeps every byte, so a search in text finds bytes.
    int at =
        new String(template, StandardCharsets.ISO_8859_1)
            .indexOf(new String(part, StandardCharsets.ISO_8859_1));
    if (at < 0) {
      throw new IllegalStateException("the template has lost a field");
    }
    return at;
  }

  private static byte[] little(long bits) {
    byte[] bytes = new byte[Long.BYTES];
    LITTLE.set(bytes, 0, bits);
    return bytes;
  }

  private static byte[] varint(long value) {
    byte[] bytes = new byte[CodedOutputStream.computeUInt64SizeNoTag(value)];
    putVarint(bytes, 0, value, bytes.length);
    return bytes;
  }

  private static void putVarint(byte[] to, int at, long value, int bytes) {
    long left = value;
    for (int i = 0; i < bytes - 1; i++) {
      to[at + i] = (byte) (left & 0x7F | 0x80);
      left >>>= 7;
    }
    to[at + bytes - 1] = (byte) (left & 0x7F);
  }
}
