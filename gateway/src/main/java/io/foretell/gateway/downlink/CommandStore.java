package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink.Tracked;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Optional;

/**
 * Where commands are kept. Every call may block, is durable when it returns, and throws {@link
 * DownlinkUnavailableException} where the store does not answer. One writer at a time in each
 * process; where several processes share it, they use {@link #advance}.
 */
public interface CommandStore {
  /**
   * Keeps commands, in this order behind all earlier ones; leaves out those whose device and id it
   * has already.
   *
   * @return those that it had not
   */
  List<Tracked> insert(List<Tracked> commands);

  /** Notes state, time of change and detail of commands that it has. */
  void update(List<Tracked> changed);

  /**
   * As {@link #update}, but leaves out those that meanwhile are in a state that does not lead to
   * the new one.
   *
   * @return those that were changed
   */
  List<Tracked> advance(List<Tracked> changed);

  /** One command, whatever its state. */
  Optional<Tracked> find(DeviceId device, String id);

  /** All commands that wait or are under way, in the order of their arrival. */
  List<Tracked> open();

  /** The commands of a device that wait or are under way, in the order of their arrival. */
  List<Tracked> open(DeviceId device);

  /** Commands that wait or are under way and whose expiry has passed, the oldest; not too many. */
  List<Tracked> overdue(long now);

  /** The last commands of a device, newest first. */
  List<Tracked> recent(DeviceId device, int limit);

  /** Deletes commands that ended before a moment; how many. */
  int forget(long endedBefore);
}
