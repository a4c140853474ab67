package io.foretell.app.journey;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this process did not get on while it is open: a thread of it that wants to run every few
 * milliseconds tells how much later it was let to. So a promise about time can be judged on a
 * machine that is busy with something else.
 */
final class Stalls implements AutoCloseable {
  private static final long EVERY_NANOS = 5_000_000;

  private final long begun = System.nanoTime();
  private final AtomicLong stalled = new AtomicLong();
  private final Thread watching = new Thread(this::watch, "stalls");
  private volatile boolean closed;

  Stalls() {
    watching.setDaemon(true);
    watching.start();
  }

  private void watch() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(EVERY_NANOS);
      long now = System.nanoTime();
      stalled.addAndGet(Math.max(0, now - last - 2 * EVERY_NANOS));
      last = now;
    }
  }

  /** The time since it was opened in which this process could get on, in ns. */
  long usedNanos() {
    return System.nanoTime() - begun - stalled.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
