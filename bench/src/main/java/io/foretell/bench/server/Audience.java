package io.foretell.bench.server;

import io.foretell.bench.load.Subscriber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.LockSupport;

/** The one subscriber of a broker, and when it has heard all. */
final class Audience implements AutoCloseable {
  private static final int QUIET_ROUNDS = 50;
  private static final long ROUND_NANOS = 5_000_000;

  private final Subscriber subscriber;

  Audience(int port) {
    try {
      subscriber = new Subscriber(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Messages that came. */
  long received() {
    return subscriber.received();
  }

  /** CPU time that hearing has taken, seconds. */
  double cpuSeconds() {
    return subscriber.cpuSeconds();
  }

  /** Waits until nothing more has come for a while; returns when the last came. */
  long settle() {
    long before = -1;
    long since = System.nanoTime();
    int quiet = 0;
    while (quiet < QUIET_ROUNDS) {
      long now = received();
      if (now == before) {
        quiet++;
      } else {
        quiet = 0;
        since = System.nanoTime();
        before = now;
      }
      LockSupport.parkNanos(ROUND_NANOS);
    }
    return since;
  }

  @Override
  public void close() {
    try {
      subscriber.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
