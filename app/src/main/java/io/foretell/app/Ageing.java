package io.foretell.app;

import io.foretell.ingest.history.AgeingHistory;
import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.Severity;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the history age beside everything else: some steps at a time, on a thread alone that rests
 * {@value #REST} times as long as it has worked.
 */
final class Ageing implements Part {
  private static final Logger log = LoggerFactory.getLogger(Ageing.class);
  private static final int STEPS = 100;
  private static final int REST = 20;
  private static final long LEAST_PAUSE = TimeUnit.SECONDS.toNanos(5);

  private final AgeingHistory history;
  private final InstantSource clock;
  private final BooleanSupplier ours;
  private volatile String trouble = "";
  private @Nullable ScheduledExecutorService thread;

  /**
   * @param ours whether it is for this process to do it
   */
  Ageing(AgeingHistory history, InstantSource clock, BooleanSupplier ours) {
    this.history = history;
    this.clock = clock;
    this.ours = ours;
  }

  @Override
  public void start() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "foretell-ageing");
              made.setDaemon(true);
              return made;
            });
    thread = started;
    started.schedule(() -> turn(started), LEAST_PAUSE, TimeUnit.NANOSECONDS);
  }

  private void turn(ScheduledExecutorService by) {
    long begun = System.nanoTime();
    some();
    long pause = Math.max(LEAST_PAUSE, REST * (System.nanoTime() - begun));
    try {
      by.schedule(() -> turn(by), pause, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      log.debug("ageing ends");
    }
  }

  private void some() {
    try {
      boolean more = ours.getAsBoolean();
      for (int n = 0; more && n < STEPS && !Thread.interrupted(); n++) {
        more = history.age(clock.millis());
      }
      trouble = "";
    } catch (RuntimeException e) {
      // Boundary: what fails now is done again in a few seconds, and the timer must live.
      log.warn("HISTORY_NOT_AGED: {}", e.toString());
      trouble = e.toString();
    }
  }

  @Override
  public Health health() {
    String now = trouble;
    return now.isEmpty()
        ? Health.good("ageing")
        : new Health(
            "ageing",
            true,
            List.of(
                new Health.Notice(
                    "HISTORY_NOT_AGED",
                    Severity.MINOR,
                    "Old samples stay as they are: " + now,
                    "Look at the history's own health; it is tried again every few seconds.")));
  }

  @Override
  public void close() {
    ScheduledExecutorService running = thread;
    if (running != null) {
      thread = null;
      running.shutdownNow();
    }
  }
}
