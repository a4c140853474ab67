package io.foretell.gateway.sparkplug;

import io.foretell.gateway.sparkplug.SparkplugTopic.Type;
import java.util.HashSet;
import java.util.Set;

/**
 * What an edge node has said since its birth: its sequence numbers (specification 3.0.0, section
 * 6.4.24) and the devices it has brought. Used under its own lock.
 */
final class EdgeNode {
  private static final int MODULUS = 256;
  private static final int MOST_DEVICES = 10_000;
  private static final long REBIRTH_PAUSE_MILLIS = 10_000;

  private final Set<String> devices = new HashSet<>();
  private boolean born;
  private long expected;
  private long askedAt = Long.MIN_VALUE / 2;

  /**
   * Takes note of a message.
   *
   * @param sequence its number; -1 where it has none
   * @return whether something before it is missing, so that the node should be born again
   */
  boolean misses(Type type, String device, long sequence) {
    if (type == Type.NDEATH) {
      born = false;
      return false;
    }
    if (type == Type.NBIRTH) {
      born = true;
      devices.clear();
      expected = (sequence + 1) % MODULUS;
      return sequence != 0;
    }
    boolean gap = !born || sequence != expected;
    expected = (sequence + 1) % MODULUS;
    boolean unborn = false;
    if (type == Type.DBIRTH && devices.size() < MOST_DEVICES) {
      devices.add(device);
    } else if (type == Type.DDATA) {
      unborn = !devices.contains(device);
    } else if (type == Type.DDEATH) {
      devices.remove(device);
    }
    return gap || unborn;
  }

  /** The devices that it has brought and not let go. */
  Set<String> devices() {
    return Set.copyOf(devices);
  }

  /** Whether a rebirth may be asked for now: not again and again while one is on its way. */
  boolean mayAsk(long now) {
    if (pauses(now)) {
      return false;
    }
    askedAt = now;
    return true;
  }

  /** Whether it must be remembered that a rebirth was asked for. */
  boolean pauses(long now) {
    return now - askedAt < REBIRTH_PAUSE_MILLIS;
  }
}
