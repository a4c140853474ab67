package io.foretell.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** What waits to be read, watched from a fault on until it has grown and gone again. */
final class Backlog {
  private static final long PATIENCE_NANOS = Duration.ofMinutes(3).toNanos();
  private static final long GLANCE_NANOS = Duration.ofMillis(50).toNanos();

  private final LongSupplier waiting;
  private final LongSupplier nanoTime;
  private final LongConsumer rest;

  /**
   * A backlog by the clock of this machine.
   *
   * @param waiting messages that are not finished
   */
  Backlog(LongSupplier waiting) {
    this(waiting, System::nanoTime, LockSupport::parkNanos);
  }

  Backlog(LongSupplier waiting, LongSupplier nanoTime, LongConsumer rest) {
    this.waiting = waiting;
    this.nanoTime = nanoTime;
    this.rest = rest;
  }

  /**
   * How long it took until no more than so many waited. It must first be seen to be behind: the
   * books are asked at intervals, and at first show what was before.
   *
   * @param since when the fault was, ns
   * @throws IllegalStateException if it is never behind, or does not catch up
   */
  double secondsUntilGone(long since, long much) {
    boolean behind = false;
    long now = nanoTime.getAsLong();
    while (now - since < PATIENCE_NANOS) {
      long left = waiting.getAsLong();
      now = nanoTime.getAsLong();
      behind |= left > much;
      if (behind && left <= much) {
        return (now - since) / 1e9;
      }
      rest.accept(GLANCE_NANOS);
    }
    throw new IllegalStateException(
        behind ? "it did not catch up" : "it was not seen to be behind");
  }
}
