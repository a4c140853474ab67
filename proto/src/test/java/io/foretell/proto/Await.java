package io.foretell.proto;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting with a limit. */
public final class Await {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private Await() {}

  /** Until it holds. */
  public static void until(String what, BooleanSupplier condition) {
    until(what, LIMIT, condition);
  }

  /**
   * Waits until something holds, as long as it is told to. It looks less and less often, since
   * looking takes from whom it waits for: a quarter of the time at most is waited for nothing.
   */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    long pause = FIRST_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        fail("waited " + limit.toSeconds() + " s for: " + what);
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(LONGEST_NANOS, pause + pause / 4);
    }
  }

  /** Until it completes. */
  public static <T> T done(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (Exception e) {
      throw new AssertionError(e.getCause() == null ? e : e.getCause());
    }
  }
}
