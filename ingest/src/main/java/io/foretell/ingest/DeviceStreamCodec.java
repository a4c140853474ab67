package io.foretell.ingest;

import io.foretell.proto.Codec;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a {@link DeviceStream}; a device that counts its messages and loses none takes some
 * 25. Numbers are unsigned LEB128 unless a width is given.
 *
 * <pre>
 *   version (1 byte, = 1; 2 with what was announced; 3 with deliveries and what was announced) | stored | lastReceivedAt | lastEventTime
 *   | reasons: n, n × (length (1 byte), name in ASCII, count)
 *   | boots: n, n × (id (8 bytes), floor, runs: n, n × (gap before, length − 1))
 *   | version 3: deliveries, as {@link Deliveries} writes them
 *   | version 2 and 3: announced: the rest, as {@link Announced} writes it
 * </pre>
 *
 * Reasons are kept by name, because their order in the enum may change.
 */
final class DeviceStreamCodec implements Codec<DeviceStream> {
  private static final byte PLAIN = 1;
  private static final byte ANNOUNCED = 2;
  private static final byte DELIVERED = 3;
  private static final int VARINT = 10;
  private static final int LONGEST_NAME = 64;

  @Override
  public byte[] encode(DeviceStream stream) {
    ByteBuffer out = ByteBuffer.allocate(bound(stream));
    byte[] announced = stream.announced().bytes();
    boolean delivered = !stream.deliveries().isEmpty();
    out.put(delivered ? DELIVERED : announced.length == 0 ? PLAIN : ANNOUNCED);
    put(out, stream.stored());
    put(out, stream.lastReceivedAt());
    put(out, stream.lastEventTime());
    put(out, stream.rejected().size());
    for (Map.Entry<ReasonCode, Long> entry : stream.rejected().entrySet()) {
      byte[] name = entry.getKey().name().getBytes(StandardCharsets.US_ASCII);
      out.put((byte) name.length).put(name);
      put(out, entry.getValue());
    }
    put(out, stream.boots().size());
    for (DeviceStream.Boot boot : stream.boots()) {
      out.putLong(boot.id());
      putWindow(out, boot.window());
    }
    if (delivered) {
      out.put(stream.deliveries().bytes());
    }
    out.put(announced);
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  @Override
  public DeviceStream decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      byte version = in.get();
      if (version < PLAIN || version > DELIVERED) {
        throw broken("version " + version);
      }
      long stored = get(in);
      long lastReceivedAt = get(in);
      long lastEventTime = get(in);
      Map<ReasonCode, Long> rejected = readRejected(in);
      int boots = count(in, DeviceStream.BOOTS);
      List<DeviceStream.Boot> all = new ArrayList<>(boots);
      for (int i = 0; i < boots; i++) {
        all.add(new DeviceStream.Boot(in.getLong(), readWindow(in)));
      }
      Deliveries deliveries = version == DELIVERED ? Deliveries.read(in) : new Deliveries();
      byte[] announced = new byte[version == PLAIN ? 0 : in.remaining()];
      in.get(announced);
      return new DeviceStream(
          stored,
          lastReceivedAt,
          lastEventTime,
          rejected,
          all,
          Announced.of(announced),
          deliveries);
    } catch (BufferUnderflowException e) {
      throw broken("cut off after " + bytes.length + " bytes");
    }
  }

  private static int bound(DeviceStream stream) {
    int bound = 1 + 5 * VARINT + stream.rejected().size() * (1 + LONGEST_NAME + VARINT);
    for (DeviceStream.Boot boot : stream.boots()) {
      bound += 8 + 2 * VARINT + boot.window().runs() * 2 * VARINT;
    }
    return bound + stream.announced().bytes().length + stream.deliveries().bytes().length;
  }

  private static void putWindow(ByteBuffer out, SequenceWindow window) {
    put(out, window.floor());
    put(out, window.runs());
    long before = window.floor();
    for (int i = 0; i < window.runs(); i++) {
      put(out, window.first(i) - before);
      put(out, window.last(i) - window.first(i));
      before = window.last(i);
    }
  }

  private static SequenceWindow readWindow(ByteBuffer in) {
    long floor = get(in);
    int runs = count(in, SequenceWindow.MAX_RUNS);
    long[] first = new long[runs];
    long[] last = new long[runs];
    long before = floor;
    for (int i = 0; i < runs; i++) {
      first[i] = before + get(in);
      last[i] = first[i] + get(in);
      if (first[i] <= before || last[i] < first[i]) {
        throw broken("runs out of order");
      }
      before = last[i];
    }
    return SequenceWindow.restored(floor, first, last);
  }

  private static Map<ReasonCode, Long> readRejected(ByteBuffer in) {
    int reasons = count(in, 1_000);
    Map<ReasonCode, Long> rejected = new EnumMap<>(ReasonCode.class);
    for (int i = 0; i < reasons; i++) {
      byte[] name = new byte[in.get() & 0xFF];
      in.get(name);
      // A reason that this version does not know, after a way back from a later one, is not lost.
      rejected.merge(reason(new String(name, StandardCharsets.US_ASCII)), get(in), Long::sum);
    }
    return rejected;
  }

  private static ReasonCode reason(String name) {
    for (ReasonCode reason : ReasonCode.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return ReasonCode.INTERNAL;
  }

  private static void put(ByteBuffer out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  private static long get(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("number too long");
  }

  private static int count(ByteBuffer in, int most) {
    long count = get(in);
    if (count > most) {
      throw broken("count " + count + " above " + most);
    }
    return (int) count;
  }

  private static InvalidInputException broken(String detail) {
    return new InvalidInputException(ReasonCode.INTERNAL, "device stream: " + detail);
  }
}
