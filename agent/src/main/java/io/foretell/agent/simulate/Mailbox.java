package io.foretell.agent.simulate;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what it is given one after the other, on threads of another executor: an actor's mailbox. A
 * task that throws is logged; the next one has its turn.
 */
final class Mailbox implements Executor {
  private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

  private final String owner;
  private final Executor threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  /**
   * An empty one.
   *
   * @param owner for the log
   */
  Mailbox(String owner, Executor threads) {
    this.owner = owner;
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
    goOn();
  }

  private void goOn() {
    try {
      threads.execute(this::work);
    } catch (RejectedExecutionException e) {
      int left;
      synchronized (this) {
        running = false;
        left = waiting.size();
        waiting.clear();
      }
      log.debug("{}: no threads any more, {} tasks are dropped", owner, left);
    }
  }

  /** One task a turn, so that many mailboxes share few threads fairly. */
  private void work() {
    Runnable task = next();
    if (task == null) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException e) {
      // Boundary: a task that fails must not hold up those after it.
      log.error("{}: a task failed", owner, e);
    } finally {
      goOn();
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable task = waiting.poll();
    running = task != null;
    return task;
  }
}
