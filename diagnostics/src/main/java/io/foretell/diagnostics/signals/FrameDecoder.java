package io.foretell.diagnostics.signals;

import io.foretell.diagnostics.dbc.DbcFile;
import io.foretell.diagnostics.dbc.DbcMessage;
import io.foretell.diagnostics.dbc.DbcSignal;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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
  private static final long MICROS_A_MILLI = 1000;
  private static final int PORTION = 100_000;

  /** What a name of a signal in telemetry cannot have. */
  private static final Pattern NOT_A_NAME = Pattern.compile("[^A-Za-z0-9._/\\[\\]-]");

  private final Manifest manifest;
  private final Map<String, Bus> buses = new HashMap<>();

  /**
   * @param manifest says what is spoken
   */
  public FrameDecoder(Manifest manifest) {
    this.manifest = manifest;
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
    final Answers answers;

    Bus(Manifest.Bus spoken) {
      this.spoken = spoken;
      this.answers = new Answers(spoken);
      spoken.files().forEach(file -> file.messages().forEach(this::name));
    }

    private void name(DbcMessage message) {
      List<DbcSignal> signals = message.signals();
      @Nullable Mapped[] mapped = new Mapped[signals.size()];
      for (int i = 0; i < mapped.length; i++) {
        String full = message.name() + "." + signals.get(i).name();
        Mapped to = spoken.mapping().get(full);
        to = to != null ? to : spoken.mapping().get(signals.get(i).name());
        mapped[i] = to != null || spoken.mappedOnly() ? to : new Mapped(nameOf(full), 1, 0);
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
    Bus bus = bus(busName);
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
              !j1939 || !signal.integral() || bus.spoken.protocol().isValue(signal, raw);
          if (name != null && there) {
            double value = signal.scaled(raw) * name.factor() + name.offset();
            if (Double.isFinite(value)) {
              to.signal(name.name(), value);
            }
          }
        });
  }

  private static void byTable(int id, byte[] data, Receiver to) {
    int group = id >>> 8 & 0x3FFFF;
    group = (group >>> 8 & 0xFF) < FIRST_BROADCAST_FORMAT ? group & 0x3FF00 : group;
    for (J1939Signal signal : J1939Signals.ofGroup(group)) {
      int last = signal.start() + signal.bits() - 1;
      if (last / 8 < data.length) {
        double value = signal.value(raw(data, signal.start(), signal.bits()));
        if (Double.isFinite(value)) {
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

  /** A name as a signal may have it. */
  static String nameOf(String full) {
    return NOT_A_NAME.matcher(full).replaceAll("_");
  }

  /** The answers of control units on a bus; null where nothing is known of the bus. */
  @Nullable Answers answers(String busName) {
    Bus bus = bus(busName);
    return bus == null ? null : bus.answers;
  }

  /** Whether a message of that parameter group, put together from packets, has signals. */
  boolean hasGroup(String busName, int group) {
    Bus bus = bus(busName);
    int id = EXTENDED | group << 8;
    return bus != null
        && bus.spoken.j1939()
        && (bus.spoken.files().stream().anyMatch(file -> file.messageOfGroup(id) != null)
            || !J1939Signals.ofGroup(group).isEmpty());
  }

  /** Whether 29-bit identifiers of a bus are those of SAE J1939. */
  boolean isJ1939(String busName) {
    Bus bus = bus(busName);
    return bus != null && bus.spoken.j1939();
  }

  /** Whether parameter groups of a bus come as fast packets. */
  boolean isNmea2000(String busName) {
    Bus bus = bus(busName);
    return bus != null && bus.spoken.protocol() == Manifest.Protocol.NMEA2000;
  }

  private @Nullable Bus bus(String name) {
    Bus bus = buses.get(name);
    return bus != null ? bus : buses.get(ANY);
  }

  /**
   * All signals of a capture, in portions of a bounded number of samples, with the version of the
   * manifest in the last one. Of several values of a signal in one millisecond the last counts.
   *
   * <p>A message of several frames that is open at the end stays in the memory, and is read with
   * the capture in which it ends. A capture that was overtaken by the one which left something open
   * on its bus is read on its own: it must not end a message that began after it.
   *
   * @param memory what the captures before have left open; changed in place
   */
  public List<Telemetry.Signals> portions(Telemetry.Frames frames, FrameMemory memory) {
    int count = frames.ids().length;
    if (count == 0) {
      return List.of();
    }
    if (memory.isAhead(frames.bus(), frames.micros()[0])) {
      return portions(frames, new FrameSession(this, new FrameMemory()));
    }
    memory.settle(frames.bus(), frames.micros()[0]);
    List<Telemetry.Signals> portions = portions(frames, new FrameSession(this, memory));
    memory.settle(frames.bus(), frames.micros()[count - 1]);
    return portions;
  }

  private List<Telemetry.Signals> portions(Telemetry.Frames frames, FrameSession session) {
    List<Telemetry.Signals> portions = new ArrayList<>();
    Columns columns = new Columns();
    int from = 0;
    for (int i = 0; i < frames.ids().length; i++) {
      int end = frames.ends()[i];
      if (end < from || end > frames.data().length) {
        break;
      }
      long micros = frames.micros()[i];
      long time = Math.floorDiv(micros, MICROS_A_MILLI);
      byte[] data = Arrays.copyOfRange(frames.data(), from, end);
      from = end;
      session.frame(
          frames.bus(),
          micros,
          frames.ids()[i],
          data,
          (name, value) -> columns.add(name, time, value));
      if (columns.samples() >= PORTION) {
        portions.add(columns.take());
      }
    }
    if (columns.samples() > 0 || !portions.isEmpty()) {
      columns.add(ModelDecoding.SIGNAL + manifest.name(), frames.time(), manifest.version());
      portions.add(columns.take());
    }
    return portions;
  }
}
