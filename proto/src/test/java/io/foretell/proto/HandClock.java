package io.foretell.proto;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test moves. */
public final class HandClock implements InstantSource {
  private final AtomicLong now;

  /**
   * @param now ms since 1970
   */
  public HandClock(long now) {
    this.now = new AtomicLong(now);
  }

  /** Moves it, never back. */
  public void to(long millis) {
    now.accumulateAndGet(millis, Math::max);
  }

  @Override
  public long millis() {
    return now.get();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(now.get());
  }
}
