package io.foretell.gateway;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.util.List;

/**
 * Commands on their way down. They wait, durably, while the device is away; go out in the order of
 * their issue; go out again at each reconnection until the device answers; and are done only by its
 * reply. An expired one is never sent.
 */
public interface Downlink extends Sink<Command> {
  /**
   * A device is there and listens. What waits for it is sent at once, later commands as they come.
   *
   * @param receiver called on any thread, in order
   * @return to close when the device stops listening; a later listener of the same device takes
   *     over
   */
  Registration listen(DeviceId device, Receiver receiver);

  /** Commands of a device that wait or are under way, oldest first. */
  List<Tracked> pending(DeviceId device);

  /** The last commands of a device, newest first, whatever their state. */
  List<Tracked> recent(DeviceId device, int limit);

  /** What devices answered; attach it to the pass topic of telemetry, it picks the replies. */
  Sink<Telemetry> replies();

  /** A device's listening, which ends when this is closed. */
  interface Registration extends AutoCloseable {
    /** Returns at once; a second time does nothing. */
    @Override
    void close();
  }

  /** Takes a command to the device's connection. */
  interface Receiver {
    /** Sends it; false where the connection cannot take it now (it is then sent again later). */
    boolean deliver(Command command);
  }

  /**
   * A command and how far it is.
   *
   * @param changedAt ms since 1970
   * @param detail of the device's answer; empty before
   */
  record Tracked(DeviceId device, Command command, State state, long changedAt, String detail) {}

  /** How far a command is. */
  enum State {
    QUEUED,
    DELIVERED,
    ACCEPTED,
    DONE,
    FAILED,
    REFUSED,
    EXPIRED
  }
}
