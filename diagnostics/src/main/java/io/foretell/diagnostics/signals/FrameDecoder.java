package io.foretell.diagnostics.signals;

import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcMessage;
import io.foretell.diagnostics.dbc.DbcSignal;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads raw frames of one device model into named signals: by the DBC files of its manifest and, on
 * a J1939 bus, by the program's own table for the groups that no file has. Pure and immutable; one
 * instance serves all threads.
 */
public final class FrameDecoder {
  private static final int EXTENDED = 1 << 31;
  private static final int FIRST_BROADCAST_FORMAT = 240;
  private static final String ANY = "*";

  private final Map<String, Bus> buses = new HashMap<>();

  /**
   * @param manifest says what is spoken
   */
  public FrameDecoder(Manifest manifest) {
    manifest.buses().forEach((name, bus) -> buses.put(name, new Bus(bus)));
  }

  /** Takes the signals of a frame. */
  public interface Receiver {
    /** A signal and its value; never NaN. */
    void signal(String name, double value);
  }

  /** One bus, its names looked up once. */
  private static final class Bus {
    final Manifest.Bus spoken;
    final Map<DbcMessage, @Nullable Mapped[]> names = new HashMap<>();

    Bus(Manifest.Bus spoken) {
      this.spoken = spoken;
      spoken.files().forEach(file -> file.messages().forEach(this::name));
    }

    private void name(DbcMessage message) {
      List<DbcSignal> signals = message.signals();
      @Nullable Mapped[] mapped = new Mapped[signals.size()];
      for (int i = 0; i < mapped.length; i++) {
        String full = message.name() + "." + signals.get(i).name();
        Mapped to = spoken.mapping().get(full);
        to = to != null ? to : spoken.mapping().get(signals.get(i).name());
        mapped[i] = to != null || spoken.mappedOnly() ? to : new Mapped(full, 1, 0);
      }
      names.put(message, mapped);
    }
  }

  /**
   * Hands over the signals of a frame; none where the manifest does not know it.
   *
   * @param id CAN identifier; bit 31 set: 29 bits
   */
  public void decode(String busName, int id, byte[] data, Receiver to) {
    Bus bus = buses.get(busName);
    bus = bus != null ? bus : buses.get(ANY);
    if (bus == null) {
      return;
    }
    boolean j1939 = bus.spoken.j1939() && (id & EXTENDED) != 0;
    for (DbcFile file : bus.spoken.files()) {
      DbcMessage message = file.message(id);
      message = message == null && j1939 ? file.messageOfGroup(id) : message;
      if (message != null) {
        byFile(bus, message, j1939, data, to);
        return;
      }
    }
    if (j1939) {
      byTable(id, data, to);
    }
  }

  private static void byFile(Bus bus, DbcMessage message, boolean j1939, byte[] data, Receiver to) {
    @Nullable Mapped[] names = bus.names.get(message);
    List<DbcSignal> signals = message.signals();
    int[] next = {0};
    message.decode(
        data,
        (signal, raw) -> {
          while (signals.get(next[0]) != signal) {
            next[0]++;
          }
          Mapped name = names == null ? null : names[next[0]];
          boolean there =
              !j1939 || !signal.integral() || J1939Signal.valid(raw & mask(signal), signal.bits());
          double value = signal.scaled(raw);
          if (name != null && there && !Double.isNaN(value)) {
            to.signal(name.name(), value * name.factor() + name.offset());
          }
        });
  }

  private static long mask(DbcSignal signal) {
    return -1L >>> Long.SIZE - signal.bits();
  }

  private static void byTable(int id, byte[] data, Receiver to) {
    int group = id >>> 8 & 0x3FFFF;
    group = (group >>> 8 & 0xFF) < FIRST_BROADCAST_FORMAT ? group & 0x3FF00 : group;
    for (J1939Signal signal : J1939Signals.ofGroup(group)) {
      int last = signal.start() + signal.bits() - 1;
      if (last / 8 < data.length) {
        double value = signal.value(raw(data, signal.start(), signal.bits()));
        if (!Double.isNaN(value)) {
          to.signal(signal.name(), value);
        }
      }
    }
  }

  private static long raw(byte[] data, int start, int bits) {
    long value = 0;
    for (int i = (start + bits - 1) / 8; i >= start / 8; i--) {
      value = value << 8 | data[i] & 0xFF;
    }
    return value >>> start % 8 & (1L << bits) - 1;
  }

  /**
   * All signals of a capture, as telemetry in the order of their first sight. Of several values in
   * one millisecond the last counts.
   */
  public Telemetry.Signals decode(Telemetry.Frames frames) {
    Map<String, Column> columns = new LinkedHashMap<>();
    int from = 0;
    for (int i = 0; i < frames.ids().length; i++) {
      long time = Math.floorDiv(frames.micros()[i], 1000L);
      byte[] data = Arrays.copyOfRange(frames.data(), from, frames.ends()[i]);
      from = frames.ends()[i];
      decode(
          frames.bus(),
          frames.ids()[i],
          data,
          (name, value) -> columns.computeIfAbsent(name, n -> new Column()).add(time, value));
    }
    List<long[]> times = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    for (Column column : columns.values()) {
      times.add(Arrays.copyOf(column.times, column.size));
      values.add(Arrays.copyOf(column.values, column.size));
    }
    return new Telemetry.Signals(frames.time(), List.copyOf(columns.keySet()), times, values);
  }

  /** A series while it grows; ascending in time. */
  private static final class Column {
    private long[] times = new long[16];
    private double[] values = new double[16];
    private int size;

    void add(long time, double value) {
      if (size > 0 && times[size - 1] >= time) {
        values[size - 1] = value;
        return;
      }
      if (size == times.length) {
        times = Arrays.copyOf(times, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      times[size] = time;
      values[size++] = value;
    }
  }
}
