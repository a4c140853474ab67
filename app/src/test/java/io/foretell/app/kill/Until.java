package io.foretell.app.kill;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what only the API can tell. */
final class Until {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Until() {}

  /** Returns when it holds; fails, saying what it waited for, where it does not in time. */
  static void holds(String what, int seconds, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited " + seconds + " s in vain: " + what);
      }
      LockSupport.parkNanos(STEP_NANOS);
    }
  }
}
