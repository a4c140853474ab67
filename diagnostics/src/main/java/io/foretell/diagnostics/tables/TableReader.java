package io.foretell.diagnostics.tables;

import io.foretell.diagnostics.FaultReader;
import io.foretell.diagnostics.Observation;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the faults out of registers that devices send as signals, by tables. A register speaks for
 * itself: what it does not name any more is gone. It is read when it changes.
 */
public final class TableReader implements FaultReader<TableMemory> {
  private static final long VERSION = 1;

  private final Function<DeviceId, Registers> registers;
  private final Predicate<String> known;

  /**
   * @param tables for all devices; where two name the same register, the first counts
   */
  public TableReader(Collection<CodeTable> tables) {
    Registers all = new Registers(tables);
    this.registers = device -> all;
    this.known = all::has;
  }

  /**
   * @param registers those of a device
   * @param known whether any device has a register of that name
   */
  public TableReader(Function<DeviceId, Registers> registers, Predicate<String> known) {
    this.registers = registers;
    this.known = known;
  }

  @Override
  public String name() {
    return "tables";
  }

  @Override
  public boolean reads(Telemetry telemetry) {
    return telemetry instanceof Telemetry.Signals signals
        && signals.names().stream().anyMatch(known);
  }

  @Override
  public boolean wants(String signal) {
    return known.test(signal);
  }

  @Override
  public TableMemory fresh() {
    return new TableMemory(Map.of());
  }

  @Override
  public List<Observation> read(TableMemory memory, DeviceId device, Telemetry telemetry) {
    if (!(telemetry instanceof Telemetry.Signals signals)) {
      return List.of();
    }
    Registers own = registers.apply(device);
    List<Observation> observations = new ArrayList<>();
    for (int i = 0; i < signals.names().size(); i++) {
      Register register = own.find(signals.names().get(i));
      if (register != null) {
        read(memory, register, signals.times().get(i), signals.values().get(i), observations);
      }
    }
    observations.sort(Comparator.comparingLong(Observation::time));
    return observations;
  }

  private static void read(
      TableMemory memory, Register register, long[] times, double[] values, List<Observation> to) {
    for (int i = 0; i < times.length; i++) {
      if (Double.isNaN(values[i])) {
        continue;
      }
      long value = whole(values[i]);
      @Nullable Long before = memory.last.put(register.name(), value);
      if (before == null || before != value) {
        to.add(new Observation(times[i], register.name(), true, register.faults(value)));
      }
    }
  }

  /** Registers of 64 bits come as doubles above 2^63. */
  private static long whole(double value) {
    return value < 0x1p63 ? (long) value : (long) (value - 0x1p63) | Long.MIN_VALUE;
  }

  @Override
  public Codec<TableMemory> codec() {
    return MemoryCodec.INSTANCE;
  }

  private enum MemoryCodec implements Codec<TableMemory> {
    INSTANCE;

    @Override
    public byte[] encode(TableMemory memory) {
      Packer out = new Packer().count(VERSION).count(memory.last.size());
      memory.last.forEach((name, value) -> out.text(name).number(value));
      return out.toBytes();
    }

    @Override
    public TableMemory decode(byte[] bytes) {
      Unpacker in = new Unpacker(bytes);
      if (in.count() != VERSION) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "memory of tables");
      }
      Map<String, Long> last = new TreeMap<>();
      for (int i = in.length(); i > 0; i--) {
        last.put(in.text(), in.number());
      }
      return new TableMemory(last);
    }
  }
}
