package io.foretell.ingest.payload.sparkplug;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.foretell.ingest.Announced;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the fields of a Sparkplug B payload (specification 3.0.0, section 6.4) that matter here,
 * from the wire. For one use.
 *
 * <pre>
 * Payload: timestamp = 1 (uint64), metrics = 2, seq = 3 (uint64), uuid = 4, body = 5
 * Metric:  name = 1, alias = 2 (uint64), timestamp = 3 (uint64), datatype = 4 (uint32),
 *          is_historical = 5, is_transient = 6, is_null = 7, metadata = 8, properties = 9,
 *          int_value = 10 (uint32), long_value = 11 (uint64), float_value = 12,
 *          double_value = 13, boolean_value = 14, string_value = 15, … others, which are no numbers
 * </pre>
 */
final class MetricReader {
  private static final int PAYLOAD_TIMESTAMP = varint(1);
  private static final int METRICS = tag(2, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int NAME = tag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int ALIAS = varint(2);
  private static final int TIMESTAMP = varint(3);
  private static final int DATATYPE = varint(4);
  private static final int IS_NULL = varint(7);
  private static final int INT = varint(10);
  private static final int LONG = varint(11);
  private static final int FLOAT = tag(12, WireFormat.WIRETYPE_FIXED32);
  private static final int DOUBLE = tag(13, WireFormat.WIRETYPE_FIXED64);
  private static final int BOOLEAN = varint(14);

  private final CodedInputStream in;
  private final int mostMetrics;
  private final List<Said> metrics = new ArrayList<>();
  private long timestamp;

  /**
   * A metric as it was sent.
   *
   * @param name empty where it is known by its alias
   * @param alias {@link Announced#NO_ALIAS} where it has none
   * @param timestamp ms since 1970; 0 where it has none
   * @param type number of its data type (section 6.4.16); 0 where it states none
   * @param field which value field it has: the tag; 0 where none that is a number
   * @param bits of the value
   */
  record Said(
      String name, long alias, long timestamp, int type, boolean isNull, int field, long bits) {
    boolean isNumber() {
      return field != 0;
    }

    /** The value, by the data type that was stated or announced. */
    double number(int announcedType) {
      if (field == INT) {
        int value = (int) bits;
        return switch (announcedType) {
          case 1 -> (byte) value;
          case 2 -> (short) value;
          case 3 -> value;
          default -> Integer.toUnsignedLong(value);
        };
      }
      if (field == LONG) {
        // UInt64 may exceed what a long holds; Int64 and DateTime do not.
        return announcedType == 8 && bits < 0 ? (bits >>> 1) * 2.0 : bits;
      }
      if (field == FLOAT) {
        return Float.intBitsToFloat((int) bits);
      }
      return field == DOUBLE ? Double.longBitsToDouble(bits) : bits;
    }
  }

  MetricReader(byte[] payload, int mostMetrics) {
    this.in = CodedInputStream.newInstance(payload);
    this.mostMetrics = mostMetrics;
  }

  /** ms since 1970; 0 where the payload has none. */
  long timestamp() {
    return timestamp;
  }

  List<Said> metrics() {
    return metrics;
  }

  void read() throws InvalidProtocolBufferException {
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == METRICS) {
          int outer = in.pushLimit(in.readRawVarint32());
          metric();
          in.popLimit(outer);
        } else if (tag == PAYLOAD_TIMESTAMP) {
          timestamp = in.readUInt64();
        } else {
          skip(tag);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  private void metric() throws IOException {
    String name = "";
    long alias = Announced.NO_ALIAS;
    long time = 0;
    int type = 0;
    boolean isNull = false;
    int field = 0;
    long bits = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == NAME) {
        name = in.readStringRequireUtf8();
      } else if (tag == ALIAS) {
        alias = in.readUInt64();
      } else if (tag == TIMESTAMP) {
        time = in.readUInt64();
      } else if (tag == DATATYPE) {
        type = in.readUInt32();
      } else if (tag == IS_NULL) {
        isNull = in.readBool();
      } else if (tag == INT || tag == LONG || tag == BOOLEAN) {
        field = tag;
        bits = tag == BOOLEAN ? (in.readBool() ? 1 : 0) : in.readUInt64();
      } else if (tag == FLOAT) {
        field = tag;
        bits = in.readRawLittleEndian32();
      } else if (tag == DOUBLE) {
        field = tag;
        bits = in.readRawLittleEndian64();
      } else {
        skip(tag);
      }
    }
    if (metrics.size() == mostMetrics) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "more than " + mostMetrics + " metrics");
    }
    metrics.add(new Said(name, alias, time, type, isNull, field, bits));
  }

  private void skip(int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that did not begin");
    }
  }

  private static int varint(int field) {
    return tag(field, WireFormat.WIRETYPE_VARINT);
  }

  private static int tag(int field, int wireType) {
    return (field << 3) | wireType;
  }
}
