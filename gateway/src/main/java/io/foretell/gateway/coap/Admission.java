package io.foretell.gateway.coap;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How many messages may wait for the disk at once, over all devices; counts those sent away. */
final class Admission {
  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder refused = new LongAdder();

  Admission(int most) {
    this.most = most;
  }

  /** Whether one more may wait; then {@link #leave} must follow. */
  boolean enter() {
    if (waiting.incrementAndGet() <= most) {
      return true;
    }
    waiting.decrementAndGet();
    refused.increment();
    return false;
  }

  void leave() {
    waiting.decrementAndGet();
  }

  long refused() {
    return refused.sum();
  }
}
