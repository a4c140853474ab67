package io.foretell.diagnostics;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Fault;
import io.foretell.proto.Telemetry;
import java.util.List;

/** Reads fault codes as they are; its memory is how many reports it has read. */
final class CodeReader implements FaultReader<int[]> {
  @Override
  public String name() {
    return "codes";
  }

  @Override
  public boolean reads(Telemetry telemetry) {
    return telemetry instanceof Telemetry.FaultCodes;
  }

  @Override
  public int[] fresh() {
    return new int[1];
  }

  @Override
  public List<Observation> read(int[] memory, DeviceId device, Telemetry telemetry) {
    Telemetry.FaultCodes codes = (Telemetry.FaultCodes) telemetry;
    memory[0]++;
    List<Fault> faults = codes.codes().stream().map(c -> fault(codes.source(), c)).toList();
    return List.of(new Observation(codes.time(), codes.source(), codes.complete(), faults));
  }

  @Override
  public Codec<int[]> codec() {
    return new Codec<>() {
      @Override
      public byte[] encode(int[] value) {
        return new Packer().count(value[0]).toBytes();
      }

      @Override
      public int[] decode(byte[] bytes) {
        return new int[] {(int) new Unpacker(bytes).count()};
      }
    };
  }

  private static Fault fault(String source, Telemetry.Code c) {
    boolean warns = (c.status() & Fault.WARNING_INDICATOR) != 0;
    return new Fault(
        "obd",
        source,
        c.code(),
        -1,
        c.status(),
        warns ? Fault.Lamp.MALFUNCTION : Fault.Lamp.NONE,
        c.count(),
        c.freezeFrame(),
        "Fault " + c.code());
  }
}
