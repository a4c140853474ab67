package io.foretell.ingest.payload.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.foretell.ingest.Decoded;
import io.foretell.ingest.Limits;
import io.foretell.ingest.Origin;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/*
 * Design note. Telemetry is nearly all of the traffic, and a generated Report makes
 * columns of its own that would only be copied. So the fields go from the wire into our arrays.
 * A packed column says how many bytes it has; a packed column of doubles thereby says how many
 * elements, and one of varints has as many as it has bytes below 0x80, so that every array is made
 * once and at its size. Fields may come in any order and columns in pieces, as the wire format
 * allows; times get their base at the end.
 */
/** Reads one {@code Report} without making its generated objects. For one use. */
final class ReportReader {
  private static final long[] NO_LONGS = {};
  private static final double[] NO_DOUBLES = {};
  private static final int LONGEST_VARINT = 10;

  private static final int ORIGIN = delimited(Report.ORIGIN_FIELD_NUMBER);
  private static final int BASE_TIME = varint(Report.BASE_TIME_FIELD_NUMBER);
  private static final int SERIES = delimited(Report.SERIES_FIELD_NUMBER);
  private static final int BOOT_ID = (1 << 3) | WireFormat.WIRETYPE_FIXED64;
  private static final int SEQUENCE = varint(2);
  private static final int SIGNAL = delimited(Series.SIGNAL_FIELD_NUMBER);
  private static final int OFFSETS = delimited(Series.OFFSET_FIELD_NUMBER);
  private static final int OFFSET = varint(Series.OFFSET_FIELD_NUMBER);
  private static final int PERIOD = varint(Series.PERIOD_FIELD_NUMBER);
  private static final int VALUES = delimited(Series.VALUE_FIELD_NUMBER);
  private static final int VALUE = (Series.VALUE_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_FIXED64;

  private final byte[] payload;
  private final CodedInputStream in;
  private final Limits limits;

  private long bootId;
  private long sequence;
  private long baseTime;
  private long samples;
  private final List<String> names = new ArrayList<>();
  private final List<long[]> times = new ArrayList<>();
  private final List<double[]> values = new ArrayList<>();

  ReportReader(byte[] payload, Limits limits) {
    this.payload = payload;
    this.in = CodedInputStream.newInstance(payload);
    this.limits = limits;
  }

  Decoded read(long receivedAt) throws InvalidProtocolBufferException {
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == SERIES) {
          int outer = in.pushLimit(in.readRawVarint32());
          series();
          in.popLimit(outer);
        } else if (tag == BASE_TIME) {
          baseTime = in.readSInt64();
        } else if (tag == ORIGIN) {
          int outer = in.pushLimit(in.readRawVarint32());
          origin();
          in.popLimit(outer);
        } else {
          skip(tag);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
    long latest = onTheClock(receivedAt);
    return Decoded.of(
        new Origin(bootId, sequence), new Telemetry.Signals(latest, names, times, values));
  }

  private void origin() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == BOOT_ID) {
        bootId = in.readFixed64();
      } else if (tag == SEQUENCE) {
        sequence = in.readUInt64();
      } else {
        skip(tag);
      }
    }
  }

  private void series() throws IOException {
    String signal = "";
    long period = 0;
    long[] offsets = NO_LONGS;
    double[] column = NO_DOUBLES;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == SIGNAL) {
        signal = in.readStringRequireUtf8();
      } else if (tag == OFFSETS) {
        offsets = offsets(offsets);
      } else if (tag == VALUES) {
        column = values(column);
      } else if (tag == PERIOD) {
        period = in.readUInt32() & 0xFFFFFFFFL;
      } else if (tag == OFFSET) {
        offsets = Arrays.copyOf(offsets, grown(offsets.length, 1));
        offsets[offsets.length - 1] = in.readSInt32();
      } else if (tag == VALUE) {
        column = Arrays.copyOf(column, grown(column.length, 1));
        column[column.length - 1] = in.readDouble();
      } else {
        skip(tag);
      }
    }
    add(signal, period, offsets, column);
  }

  private long[] offsets(long[] before) throws IOException {
    int bytes = column();
    int from = in.getTotalBytesRead();
    int to = from + bytes;
    int count = 0;
    for (int i = from; i < to; i++) {
      count += payload[i] >= 0 ? 1 : 0;
    }
    long[] offsets = Arrays.copyOf(before, grown(before.length, count));
    int i = from;
    for (int at = before.length; at < offsets.length; at++) {
      int raw = payload[i] & 0x7F;
      int shift = 7;
      while (payload[i++] < 0) {
        // Of a number of more than 32 bits the upper ones do not count (as the wire format has it).
        raw |= shift < Integer.SIZE ? (payload[i] & 0x7F) << shift : 0;
        shift += 7;
      }
      if (shift > LONGEST_VARINT * 7) {
        throw new InvalidProtocolBufferException("an offset of more than ten bytes");
      }
      offsets[at] = CodedInputStream.decodeZigZag32(raw);
    }
    if (i != to) {
      throw new InvalidProtocolBufferException("offset column ends within a number");
    }
    in.skipRawBytes(bytes);
    return offsets;
  }

  private double[] values(double[] before) throws IOException {
    int bytes = column();
    if (bytes % Double.BYTES != 0) {
      throw new InvalidProtocolBufferException("value column of " + bytes + " bytes");
    }
    int count = bytes / Double.BYTES;
    double[] column = Arrays.copyOf(before, grown(before.length, count));
    ByteBuffer.wrap(payload, in.getTotalBytesRead(), bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .get(column, before.length, count);
    in.skipRawBytes(bytes);
    return column;
  }

  /** The length of the packed column that comes next; it ends within its series. */
  private int column() throws IOException {
    int bytes = in.readRawVarint32();
    // The limit is what the series claims; the payload may end before it.
    int left = Math.min(in.getBytesUntilLimit(), payload.length - in.getTotalBytesRead());
    if (bytes < 0 || bytes > left) {
      throw new InvalidProtocolBufferException("a column of " + bytes + " bytes");
    }
    return bytes;
  }

  private int grown(int before, int more) {
    if (before + (long) more > limits.samples()) {
      throw wrong("more than " + limits.samples() + " samples");
    }
    return before + more;
  }

  private void add(String signal, long period, long[] offsets, double[] column) {
    samples += column.length;
    if (samples > limits.samples() || names.size() == limits.series()) {
      throw wrong("more than %d samples or %d series".formatted(limits.samples(), limits.series()));
    }
    long[] relative = offsets;
    if (offsets.length == 0 && column.length > 0) {
      relative = new long[column.length];
      for (int i = 1; i < relative.length; i++) {
        relative[i] = relative[i - 1] + period;
      }
    } else if (period != 0) {
      throw wrong(signal + ": both offsets and a period");
    }
    names.add(signal);
    times.add(relative);
    values.add(column);
  }

  /** Turns offsets to times; the newest sample of a report without a base has its receipt's. */
  private long onTheClock(long receivedAt) {
    long latest = Long.MIN_VALUE;
    for (long[] series : times) {
      for (long offset : series) {
        latest = Math.max(latest, offset);
      }
    }
    if (latest == Long.MIN_VALUE) {
      return receivedAt;
    }
    long base = baseTime == 0 ? receivedAt - latest : baseTime;
    // Offsets stay below 2^49 (100,000 periods of 2^32 ms); so far from both ends nothing
    // overflows.
    if (base < 0 || base > Long.MAX_VALUE >> 1) {
      throw wrong("base_time " + baseTime);
    }
    for (long[] series : times) {
      for (int i = 0; i < series.length; i++) {
        series[i] += base;
      }
    }
    return base + latest;
  }

  private void skip(int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that did not begin");
    }
  }

  private static int delimited(int field) {
    return (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static int varint(int field) {
    return (field << 3) | WireFormat.WIRETYPE_VARINT;
  }

  private static InvalidInputException wrong(String detail) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, detail);
  }
}
