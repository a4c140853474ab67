package io.foretell.ingest.engine.rocksdb;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What every pass goes through, so that all can be held between two passes: then whatever sinks
 * have written elsewhere belongs to the offsets that are committed.
 */
final class Gate {
  private final List<Runnable> waiting = new ArrayList<>();
  private int inside;
  private boolean shut;
  private CompletableFuture<Void> empty = new CompletableFuture<>();

  /**
   * Lets a pass begin, which must {@link #leave} at its end.
   *
   * @param later called once the gate is open again, where it is shut now
   * @return whether it may begin
   */
  synchronized boolean enter(Runnable later) {
    if (shut) {
      waiting.add(later);
      return false;
    }
    inside++;
    return true;
  }

  /** A pass has ended. */
  void leave() {
    CompletableFuture<Void> now = null;
    synchronized (this) {
      inside--;
      if (shut && inside == 0) {
        now = empty;
      }
    }
    if (now != null) {
      now.complete(null);
    }
  }

  /** Lets no pass begin from now on; completes when none is under way. */
  synchronized CompletionStage<Void> shut() {
    if (shut) {
      throw new IllegalStateException("the gate is shut already");
    }
    shut = true;
    empty = new CompletableFuture<>();
    if (inside == 0) {
      empty.complete(null);
    }
    return empty;
  }

  /** Lets passes begin again. */
  void open() {
    List<Runnable> held;
    synchronized (this) {
      shut = false;
      held = List.copyOf(waiting);
      waiting.clear();
    }
    held.forEach(Runnable::run);
  }
}
