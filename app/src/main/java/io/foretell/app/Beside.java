package io.foretell.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Work beside the caller's own, on a thread that ends with it: what makes starting short. */
final class Beside {
  private Beside() {}

  /** Begins. */
  static <T> CompletableFuture<T> make(Supplier<T> work) {
    return CompletableFuture.supplyAsync(
        work,
        task -> {
          Thread thread = new Thread(task, "foretell-start");
          thread.setDaemon(true);
          thread.start();
        });
  }

  /** What was made, or what went wrong with it as if it had been made here. */
  static <T> T made(CompletableFuture<T> work) {
    try {
      return work.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException own) {
        throw own;
      }
      throw e;
    }
  }
}
