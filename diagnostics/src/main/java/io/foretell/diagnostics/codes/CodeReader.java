package io.foretell.diagnostics.codes;

import io.foretell.diagnostics.FaultReader;
import io.foretell.diagnostics.Observation;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the codes that a device reports by name. Each becomes a {@link Fault} in normal form, in
 * whatever notation it came; a code in no known form is a maker's own.
 */
public final class CodeReader implements FaultReader<CodeMemory> {
  private static final String NO_CODE = "P0000";

  private final CodeBook book;

  /**
   * @param book what codes mean
   */
  public CodeReader(CodeBook book) {
    this.book = book;
  }

  @Override
  public String name() {
    return "codes";
  }

  @Override
  public boolean reads(Telemetry telemetry) {
    return telemetry instanceof Telemetry.FaultCodes;
  }

  @Override
  public CodeMemory fresh() {
    return new CodeMemory(0);
  }

  @Override
  public List<Observation> read(CodeMemory memory, DeviceId device, Telemetry telemetry) {
    if (!(telemetry instanceof Telemetry.FaultCodes report)) {
      return List.of();
    }
    List<Fault> faults = new ArrayList<>(report.codes().size());
    for (Telemetry.Code code : report.codes()) {
      Notation notation = Notation.of(code.code());
      if (notation.family().equals(Notation.MAKER)) {
        memory.unknownForms++;
      }
      // P0000 is how testers pad a list; an empty text names nothing.
      if (!notation.code().isEmpty() && !notation.code().equals(NO_CODE)) {
        faults.add(fault(report.source(), notation, code));
      }
    }
    return List.of(new Observation(report.time(), report.source(), report.complete(), faults));
  }

  @Override
  public Codec<CodeMemory> codec() {
    return MemoryCodec.INSTANCE;
  }

  private Fault fault(String source, Notation notation, Telemetry.Code code) {
    return new Fault(
        notation.family(),
        source,
        notation.code(),
        notation.subType(),
        code.status(),
        lamp(notation, code.status()),
        code.count(),
        code.freezeFrame(),
        book.title(notation));
  }

  private static Fault.Lamp lamp(Notation notation, int status) {
    if ((status & Fault.WARNING_INDICATOR) == 0) {
      return Fault.Lamp.NONE;
    }
    return notation.isJ2012() ? Fault.Lamp.MALFUNCTION : Fault.Lamp.AMBER;
  }

  /** Version byte 1, then the count as eight bytes. */
  private enum MemoryCodec implements Codec<CodeMemory> {
    INSTANCE;

    @Override
    public byte[] encode(CodeMemory memory) {
      return ByteBuffer.allocate(9).put((byte) 1).putLong(memory.unknownForms).array();
    }

    @Override
    public CodeMemory decode(byte[] bytes) {
      if (bytes.length != 9 || bytes[0] != 1) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "memory of codes");
      }
      return new CodeMemory(ByteBuffer.wrap(bytes, 1, 8).getLong());
    }
  }
}
