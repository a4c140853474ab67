package io.foretell.diagnostics;

import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import java.util.List;
import java.util.function.Consumer;

/**
 * Judges the signals of a device over time: finds drift, predicts failure. An instance serves all
 * devices; what it must remember of a device is in the memory it is given. It is pure: no I/O, no
 * clock, the same moments give the same findings.
 *
 * @param <M> the memory of one device; bounded, whatever the device sends
 */
public interface Detector<M> {
  /** A stable name: part of the state's format. */
  String name();

  /** Whether it judges this signal; always the same answer for the same name. */
  boolean wants(String signal);

  /** The memory of a device that was never heard. */
  M fresh();

  /**
   * One moment of the device, later than all before; the memory is changed in place.
   *
   * @param moment may hold signals that it does not want
   */
  void take(M memory, DeviceId device, Moment moment, Consumer<Finding> out);

  /** How it sees the device now, for people to read. */
  List<Outlook> outlook(M memory);

  /** How the memory is kept. */
  Codec<M> codec();
}
