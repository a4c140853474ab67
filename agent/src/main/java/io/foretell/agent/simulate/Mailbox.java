package io.foretell.agent.simulate;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs what it is given one after the other, on threads of another executor: an actor's mailbox.
 */
final class Mailbox implements Executor {
  private final Executor threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  Mailbox(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    threads.execute(this::work);
  }

  private void work() {
    Runnable task = next();
    if (task == null) {
      return;
    }
    try {
      task.run();
    } finally {
      // Whatever a task threw, the next one has its turn.
      threads.execute(this::work);
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable task = waiting.poll();
    running = task != null;
    return task;
  }
}
