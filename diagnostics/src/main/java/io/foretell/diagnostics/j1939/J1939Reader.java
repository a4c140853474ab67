package io.foretell.diagnostics.j1939;

import io.foretell.diagnostics.FaultReader;
import io.foretell.diagnostics.Observation;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.codes.Notation;
import io.foretell.diagnostics.episodes.Readiness;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Fault;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads the trouble codes that control units broadcast on a J1939 bus. Each DM1 is an observation
 * of its source address ({@code sa:11}) that names all active codes; one without codes says that
 * none is active. A DM2 names previously active codes, a DM12 active ones, a DM23 and a DM28
 * (permanent) such as were; they say nothing of others. Pending codes (DM6, DM27) are no
 * observation: a DM1 without them follows within a second, and would end what they began. DM5,
 * DM21, DM26 and a positive answer to a DM11 say how far the monitors are since the last clear.
 *
 * <p>Active codes have status {@code 0x09} (failing, confirmed), previously active ones {@code
 * 0x08}; bit 7 is set where a lamp is on. The lamps are the control unit's, not the single code's.
 */
public final class J1939Reader implements FaultReader<J1939Memory> {
  private static final int EXTENDED = 0x80000000;
  private static final int PGN_BITS = 0x03FFFF00;
  private static final int PF_BITS = 0x03FF0000;
  private static final int DM_PF = 0x00FE0000;
  private static final int LATER_DM_PF = 0x00FD0000;
  private static final int DM21_PF = 0x00C10000;
  private static final int ACKNOWLEDGEMENT_PF = 0x00E80000;
  private static final int READINESS_BYTES = 8;
  private static final int DM12 = 65236;
  private static final int DM23 = 64949;
  private static final int DM28 = 64896;
  private static final int ACTIVE = Fault.TEST_FAILED | Fault.CONFIRMED;

  private final CodeBook book;
  private final Function<DeviceId, SpnConversions> conversions;
  private final Transport transport = new Transport(J1939Reader::isDm);

  /**
   * @param book names of SPNs and FMIs
   */
  public J1939Reader(CodeBook book) {
    this(book, new SpnConversions(Map.of(), book::knowsSpn));
  }

  /**
   * @param book names of SPNs and FMIs
   * @param conversions how sources pack their SPNs
   */
  public J1939Reader(CodeBook book, SpnConversions conversions) {
    this(book, device -> conversions);
  }

  /**
   * @param book names of SPNs and FMIs
   * @param conversions how the sources of a device pack their SPNs
   */
  public J1939Reader(CodeBook book, Function<DeviceId, SpnConversions> conversions) {
    this.book = book;
    this.conversions = conversions;
  }

  @Override
  public String name() {
    return "j1939";
  }

  @Override
  public boolean reads(Telemetry telemetry) {
    return telemetry instanceof Telemetry.Frames;
  }

  @Override
  public J1939Memory fresh() {
    return new J1939Memory();
  }

  @Override
  public Codec<J1939Memory> codec() {
    return J1939MemoryCodec.INSTANCE;
  }

  @Override
  public List<Observation> read(J1939Memory memory, DeviceId device, Telemetry telemetry) {
    if (!(telemetry instanceof Telemetry.Frames frames)) {
      return List.of();
    }
    Batch batch = new Batch(memory, conversions.apply(device));
    int[] ids = frames.ids();
    int start = 0;
    for (int i = 0; i < ids.length; i++) {
      int end = frames.ends()[i];
      if (end < start || end > frames.data().length) {
        memory.add(TransportEvent.MALFORMED);
        break;
      }
      int id = ids[i];
      if ((id & EXTENDED) != 0) {
        frame(batch, frames.micros()[i], frames.bus(), id, frames.data(), start, end - start);
      }
      start = end;
    }
    return batch.observations;
  }

  private void frame(
      Batch batch, long micros, String bus, int id, byte[] data, int offset, int length) {
    int format = id & PF_BITS;
    if (format == DM_PF || format == LATER_DM_PF) {
      int pgn = (id & PGN_BITS) >>> 8;
      if (isDm(pgn)) {
        batch.message(micros, id & 0xFF, pgn, data, offset, length);
      } else if (pgn == J1939Readiness.DM5 && length >= READINESS_BYTES) {
        batch.ready(micros, id, J1939Readiness.dm5(data, offset));
      } else if (pgn == J1939Readiness.DM26 && length >= READINESS_BYTES) {
        batch.ready(micros, id, J1939Readiness.dm26(data, offset));
      }
    } else if (format == DM21_PF && length >= READINESS_BYTES) {
      batch.ready(micros, id, J1939Readiness.dm21(data, offset));
    } else if (format == ACKNOWLEDGEMENT_PF && length >= READINESS_BYTES) {
      if (J1939Readiness.isCleared(data, offset)) {
        batch.ready(micros, id, Readiness.monitors(true, 0, 0));
      }
    } else if (Transport.isTransport(id)) {
      transport.frame(batch.memory, micros, bus, id, data, offset, length, batch);
    }
  }

  private static boolean isDm(int pgn) {
    return switch (pgn) {
      case DiagnosticMessage.DM1, DiagnosticMessage.DM2, DM12, DM23, DM28 -> true;
      default -> false;
    };
  }

  /** The observations of one telemetry message. */
  private final class Batch implements Transport.Receiver {
    final J1939Memory memory;
    private final SpnConversions versions;
    List<Observation> observations = List.of();

    Batch(J1939Memory memory, SpnConversions versions) {
      this.memory = memory;
      this.versions = versions;
    }

    @Override
    public void message(
        long micros,
        String bus,
        int sa,
        int da,
        int pgn,
        TransportKind kind,
        byte[] data,
        int length) {
      message(micros, sa, pgn, data, 0, length);
    }

    void ready(long micros, int id, Readiness said) {
      observations = observations.isEmpty() ? new ArrayList<>() : observations;
      observations.add(Observation.of(micros / 1000, "sa:" + (id & 0xFF), said));
    }

    void message(long micros, int sa, int pgn, byte[] data, int offset, int length) {
      if (length < 6) {
        memory.add(TransportEvent.BAD_MESSAGE);
        return;
      }
      SpnConversion conversion = versions.of(sa, data, offset, length);
      DiagnosticMessage message = DiagnosticMessage.read(data, offset, length, conversion);
      if (observations.isEmpty()) {
        observations = new ArrayList<>();
      }
      boolean active = pgn == DiagnosticMessage.DM1 || pgn == DM12;
      boolean complete = pgn == DiagnosticMessage.DM1;
      observations.add(observation(micros / 1000, sa, active, complete, message));
    }

    private Observation observation(
        long time, int sa, boolean active, boolean complete, DiagnosticMessage message) {
      String source = "sa:" + sa;
      Fault.Lamp lamp = message.lamp().worst();
      int status = active ? ACTIVE : Fault.CONFIRMED;
      if (active && lamp != Fault.Lamp.NONE) {
        status |= Fault.WARNING_INDICATOR;
      }
      List<Fault> faults = new ArrayList<>(message.dtcs().size());
      for (J1939Dtc dtc : message.dtcs()) {
        faults.add(fault(source, status, active ? lamp : Fault.Lamp.NONE, dtc));
      }
      return new Observation(time, source, complete, faults);
    }

    private Fault fault(String source, int status, Fault.Lamp lamp, J1939Dtc dtc) {
      Notation code = Notation.j1939(dtc.spn(), dtc.fmi());
      boolean counted = dtc.occurrences() != J1939Dtc.OCCURRENCES_UNKNOWN;
      return new Fault(
          code.family(),
          source,
          code.code(),
          code.subType(),
          status,
          lamp,
          counted ? dtc.occurrences() : 0,
          Map.of(),
          book.title(code));
    }
  }
}
