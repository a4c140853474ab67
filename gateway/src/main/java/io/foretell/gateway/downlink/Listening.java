package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink.Receiver;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that takes commands, with what went out on it. */
final class Listening {
  private static final Logger log = LoggerFactory.getLogger(Listening.class);

  private final DeviceId device;
  private final Receiver receiver;
  private final Set<String> sent = new HashSet<>();
  private volatile boolean closed;

  Listening(DeviceId device, Receiver receiver) {
    this.device = device;
    this.receiver = receiver;
  }

  DeviceId device() {
    return device;
  }

  void close() {
    closed = true;
  }

  boolean hasSent(Command command) {
    return sent.contains(command.id());
  }

  /**
   * Gives a command to the connection; false where it does not take it now. A receiver is another
   * stage's boundary: whatever it throws is its own connection's trouble.
   */
  boolean deliver(Command command) {
    if (closed) {
      return false;
    }
    try {
      boolean taken = receiver.deliver(command);
      if (taken) {
        sent.add(command.id());
      }
      return taken;
    } catch (RuntimeException e) {
      // Boundary: a connection that fails must not hold up the other devices' commands.
      log.warn("command {} could not be given to the connection of {}", command.id(), device, e);
      return false;
    }
  }

  /** Forgets what went out and is not open any more. */
  void remember(Set<String> open) {
    sent.retainAll(open);
  }
}
