package io.foretell.gateway.downlink;

import io.foretell.proto.Health;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that does all the work of a downlink, in order, so that there are no locks. */
final class OneByOne implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OneByOne.class);
  private static final int CLOSE_SECONDS = 5;

  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "downlink"));

  /** Fails with {@link DownlinkUnavailableException} after {@link #close}. */
  <T> CompletionStage<T> work(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(task, worker);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new DownlinkUnavailableException("the downlink is closed", e));
    }
  }

  /** Work whose failure concerns nobody who waits: it is tried again at the next occasion. */
  void tell(Runnable task) {
    work(() -> {
          task.run();
          return 0;
        })
        .whenComplete(
            (done, failure) -> {
              if (failure != null && !worker.isShutdown()) {
                log.warn("the downlink could not go on: {}", failure.getMessage());
              }
            });
  }

  Health health(boolean started) {
    return started && !worker.isShutdown()
        ? Health.good("downlink")
        : Health.bad("downlink", "DOWNLINK_STOPPED", "Commands do not go out.", "Start the server");
  }

  /** Finishes what is begun. */
  @Override
  public void close() {
    worker.shutdown();
    try {
      if (!worker.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        log.warn("the downlink is still busy after {} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
