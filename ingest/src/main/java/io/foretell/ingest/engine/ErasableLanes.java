package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import java.time.Duration;
import java.util.Map;

/**
 * Lanes from which one device can be erased. Both engines are such: the embedded one takes entries
 * out, the distributed one destroys the key that they are sealed by.
 */
public interface ErasableLanes {
  /** What {@link #erase} calls the states of stages. */
  String STATES = "states";

  /** What {@link #erase} calls the keys that were destroyed. */
  String KEYS = "keys";

  /**
   * Waits until stages and sinks have read what the lanes have of a device.
   *
   * @throws LaneUnavailableException where they have not in time
   */
  void settle(DeviceId device, Duration patience);

  /**
   * Erases all that the lanes and the stages have of a device. What it sends later is kept as of
   * one that was never seen.
   *
   * @param patience how long to wait for what is under way
   * @return how many entries of each lane, {@value #STATES}, and {@value #KEYS} where there are any
   * @throws LaneUnavailableException where it cannot be ended now; to do it again is safe
   */
  Map<String, Long> erase(DeviceId device, Duration patience);
}
