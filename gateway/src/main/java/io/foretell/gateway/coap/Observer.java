package io.foretell.gateway.coap;

import io.foretell.gateway.Downlink;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.jspecify.annotations.Nullable;

/**
 * A device that observes its commands. One notification is under way at a time, because of several
 * only the newest would be sent (RFC 7641 section 4.5.2): the next goes when the device has
 * acknowledged the one before.
 */
final class Observer implements Downlink.Receiver {
  /** How many commands may wait here; more wait in the downlink. */
  private static final int ROOM = 16;

  private final DeviceId device;
  private final ObserveRelation relation;
  private final Deque<Command> waiting = new ArrayDeque<>();
  private @Nullable Command underWay;
  private boolean ended;

  Observer(DeviceId device, ObserveRelation relation) {
    this.device = device;
    this.relation = relation;
  }

  DeviceId device() {
    return device;
  }

  ObserveRelation relation() {
    return relation;
  }

  String connection() {
    return relation.getSource() + "/" + relation.getKeyToken();
  }

  @Override
  public boolean deliver(Command command) {
    synchronized (this) {
      if (ended || waiting.size() >= ROOM) {
        return false;
      }
      waiting.add(command);
      if (underWay != null) {
        return true;
      }
      underWay = waiting.remove();
    }
    relation.notifyObservers();
    return true;
  }

  /** What the notification that is being made must carry. */
  synchronized Optional<Command> underWay() {
    return Optional.ofNullable(underWay);
  }

  void acknowledged() {
    synchronized (this) {
      underWay = ended ? null : waiting.poll();
      if (underWay == null) {
        return;
      }
    }
    relation.notifyObservers();
  }

  synchronized void end() {
    ended = true;
    waiting.clear();
  }
}
