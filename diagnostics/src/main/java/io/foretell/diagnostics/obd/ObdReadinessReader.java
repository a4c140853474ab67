package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.FaultReader;
import io.foretell.diagnostics.Observation;
import io.foretell.diagnostics.episodes.Episodes;
import io.foretell.diagnostics.episodes.Monitor;
import io.foretell.diagnostics.episodes.Readiness;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads what engine and drive control units on a CAN bus answer of their monitors and of the last
 * clear, whoever asked (SAE J1979, ISO 15765-4): services 01 (PIDs 01, 30, 31, 4E) and 04. Each
 * answer is an observation of its source ({@code obd:7E8}) that names no codes. PIDs 21 and 4D
 * count since the lamp came on and say nothing of a clear. Answers of several frames hold none of
 * these alone and are passed over.
 */
public final class ObdReadinessReader implements FaultReader<ObdReadinessReader.Nothing> {
  private static final int EXTENDED = 1 << 31;
  private static final int FIRST_UNIT = 0x7E8;
  private static final int LAST_UNIT = 0x7EF;
  private static final int TO_TESTER = EXTENDED | 0x18DAF100;
  private static final int CURRENT = 0x41;
  private static final int CLEARED = 0x44;
  private static final int LONGEST = 7;

  /** A memory of nothing. */
  public enum Nothing {
    /** The only one. */
    NOTHING
  }

  /** Nothing is kept: no bytes. */
  private enum NoBytes implements Codec<Nothing> {
    INSTANCE;

    @Override
    public byte[] encode(Nothing value) {
      return new byte[0];
    }

    @Override
    public Nothing decode(byte[] bytes) {
      return Nothing.NOTHING;
    }
  }

  @Override
  public String name() {
    return "obd-readiness";
  }

  @Override
  public boolean reads(Telemetry telemetry) {
    return telemetry instanceof Telemetry.Frames;
  }

  @Override
  public Nothing fresh() {
    return Nothing.NOTHING;
  }

  @Override
  public Codec<Nothing> codec() {
    return NoBytes.INSTANCE;
  }

  @Override
  public List<Observation> read(Nothing memory, DeviceId device, Telemetry telemetry) {
    if (!(telemetry instanceof Telemetry.Frames frames)) {
      return List.of();
    }
    List<Observation> observations = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < frames.ids().length; i++) {
      int end = frames.ends()[i];
      if (end < start || end > frames.data().length) {
        break;
      }
      int id = frames.ids()[i];
      if (isUnit(id)) {
        long time = Math.floorDiv(frames.micros()[i], 1000);
        answer(frames.data(), start, end)
            .ifPresent(said -> observations.add(Observation.of(time, source(id), said)));
      }
      start = end;
    }
    return observations;
  }

  private static boolean isUnit(int id) {
    return id >= FIRST_UNIT && id <= LAST_UNIT || (id & ~0xFF) == TO_TESTER;
  }

  private static String source(int id) {
    return Episodes.OBD_SOURCES
        + HexFormat.of()
            .toHexDigits(id & Integer.MAX_VALUE, id < 0 ? 8 : 3)
            .toUpperCase(Locale.ROOT);
  }

  /** A single frame, ISO 15765-2 clause 9.6.2. */
  private static Optional<Readiness> answer(byte[] data, int start, int end) {
    int length = end > start ? data[start] & 0xFF : 0;
    if (length == 0 || length > LONGEST || length > end - start - 1) {
      return Optional.empty();
    }
    int service = data[start + 1] & 0xFF;
    if (service == CLEARED && length == 1) {
      return Optional.of(Readiness.monitors(true, 0, 0));
    }
    return service == CURRENT ? current(data, start + 2, start + 1 + length) : Optional.empty();
  }

  /** One PID or several, each with its data. */
  private static Optional<Readiness> current(byte[] data, int from, int end) {
    Readiness monitors = Readiness.monitors(false, 0, 0);
    int[] since = {-1, -1, -1};
    boolean said = false;
    for (int at = from; at < end; ) {
      int pid = data[at] & 0xFF;
      int bytes = bytes(pid);
      if (bytes == 0 || at + 1 + bytes > end) {
        break;
      }
      switch (pid) {
        case 0x01 -> monitors = monitors(MonitorStatus.of(data, at + 1));
        case 0x30 -> since[0] = data[at + 1] & 0xFF;
        case 0x31 -> since[1] = two(data, at + 1);
        case 0x4E -> since[2] = two(data, at + 1);
        default -> {
          // The others are known for their length alone.
        }
      }
      said |= pid == 0x01 || pid == 0x30 || pid == 0x31 || pid == 0x4E;
      at += 1 + bytes;
    }
    return said
        ? Optional.of(
            new Readiness(
                monitors.cleared(),
                monitors.supported(),
                monitors.open(),
                since[0],
                since[1],
                since[2]))
        : Optional.empty();
  }

  private static int bytes(int pid) {
    return switch (pid) {
      case 0x01 -> MonitorStatus.BYTES;
      case 0x21, 0x31, 0x4D, 0x4E -> 2;
      case 0x30 -> 1;
      default -> 0;
    };
  }

  /**
   * No stored code while monitors have not run since the last clear: what was stored was cleared.
   */
  private static Readiness monitors(MonitorStatus status) {
    int open = status.open();
    boolean runs = (open & ~Monitor.CONTINUOUS) != 0;
    return Readiness.monitors(status.codes() == 0 && runs, status.supported(), open);
  }

  private static int two(byte[] data, int at) {
    return (data[at] & 0xFF) << 8 | data[at + 1] & 0xFF;
  }
}
