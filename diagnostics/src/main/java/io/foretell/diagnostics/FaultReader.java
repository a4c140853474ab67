package io.foretell.diagnostics;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Telemetry;
import java.util.List;

/**
 * Reads what telemetry says of faults, for one family of wire formats. An instance serves all
 * devices; what it must remember of a device (open transport sessions) is in the memory it is
 * given. Telemetry of one device comes in event time.
 *
 * @param <M> the memory of one device; bounded, whatever the device sends
 */
public interface FaultReader<M> {
  /** A stable name: part of the state's format. */
  String name();

  /** Whether it can read this kind of telemetry at all. */
  boolean reads(Telemetry telemetry);

  /** Of signals that it reads at all, whether it needs this one; the others need not be kept. */
  default boolean wants(String signal) {
    return true;
  }

  /** The memory of a device that was never heard. */
  M fresh();

  /**
   * What the telemetry says; the memory is changed in place. Bytes it cannot read it passes over
   * and counts in the memory.
   */
  List<Observation> read(M memory, DeviceId device, Telemetry telemetry);

  /** How the memory is kept. */
  Codec<M> codec();
}
