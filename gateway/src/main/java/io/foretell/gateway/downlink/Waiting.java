package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink.Tracked;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * The commands that wait or are under way, as one process sees them. What changes is in the store
 * before it is seen here.
 */
interface Waiting {
  /** Reads what there is, once, before anything else. */
  void start();

  /** Those of a device, in the order of their arrival; any thread may ask. */
  List<Tracked> of(DeviceId device);

  /** One command, whatever its state. */
  Optional<Tracked> find(DeviceId device, String id);

  /** Those whose time may be over, the oldest; not all at once where there are many. */
  List<Tracked> overdue(long now);

  /**
   * Keeps commands, behind all earlier ones.
   *
   * @return those that were not there yet
   */
  List<Tracked> keep(List<Tracked> fresh);

  /**
   * Notes what has changed.
   *
   * @return those that could still change so
   */
  List<Tracked> change(List<Tracked> changed);
}
