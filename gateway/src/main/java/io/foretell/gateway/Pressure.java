package io.foretell.gateway;

import io.foretell.proto.UplinkKind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much waits for the disk, and what follows from it: at the limit, listeners stop reading; at
 * one and a half times as much, raw frames are shed; at twice as much, telemetry. Fault codes,
 * replies and updates never are.
 */
final class Pressure {
  /** What a message costs in memory beside its payload, about. */
  private static final int OVERHEAD = 512;

  private final long limit;
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicBoolean pressed = new AtomicBoolean();
  private final List<Runnable> relieved = new CopyOnWriteArrayList<>();

  /**
   * @param limit bytes
   */
  Pressure(long limit) {
    this.limit = limit;
  }

  void onRelief(Runnable listener) {
    relieved.add(listener);
  }

  boolean pressed() {
    return pressed.get();
  }

  /** Whether a message of this kind is to be shed now. */
  boolean sheds(UplinkKind kind) {
    long now = waiting.get();
    return switch (kind) {
      case FRAMES -> now >= limit + limit / 2;
      case TELEMETRY -> now >= 2 * limit;
      case FAULTS, REPLIES, UPDATES, PRESENCE -> false;
    };
  }

  /** A message waits from now on. */
  void add(int payload) {
    if (waiting.addAndGet((long) payload + OVERHEAD) >= limit) {
      pressed.set(true);
    }
  }

  /** It waits no longer. Whoever stopped reading may go on when a quarter is free. */
  void remove(int payload) {
    long left = waiting.addAndGet(-((long) payload + OVERHEAD));
    if (left <= limit - limit / 4 && pressed.get() && pressed.compareAndSet(true, false)) {
      relieved.forEach(Runnable::run);
    }
  }
}
