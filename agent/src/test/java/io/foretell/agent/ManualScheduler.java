package io.foretell.agent;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A scheduler and a clock whose time goes on when the test says so, on the test's own thread. */
public final class ManualScheduler extends AbstractExecutorService
    implements ScheduledExecutorService, InstantSource {
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long now;
  private long order;

  /** Begins at a moment. */
  public ManualScheduler(long now) {
    this.now = now;
  }

  /** Lets time pass, and runs what is due, in order. */
  public void pass(long millis) {
    long until = now + millis;
    while (!tasks.isEmpty() && tasks.element().at <= until) {
      Task task = tasks.remove();
      now = Math.max(now, task.at);
      task.runOnce();
    }
    now = until;
  }

  /** Runs what is due now. */
  public void settle() {
    pass(0);
  }

  /** How many tasks wait. */
  public int waiting() {
    return tasks.size();
  }

  /** How long it is to the next task. */
  public long nextIn() {
    return tasks.element().at - now;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(now);
  }

  private final class Task extends FutureTask<Object> implements ScheduledFuture<Object> {
    private final long period;
    private final long place = order++;
    private long at;

    Task(Runnable run, long at, long period) {
      super(run, "");
      this.at = at;
      this.period = period;
    }

    void runOnce() {
      if (isCancelled()) {
        return;
      }
      if (period == 0) {
        run();
      } else if (runAndReset()) {
        at += period;
        tasks.add(this);
      }
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - now, TimeUnit.MILLISECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Task task = (Task) other;
      return at == task.at ? Long.compare(place, task.place) : Long.compare(at, task.at);
    }
  }

  private Task add(Runnable run, long delay, long period, TimeUnit unit) {
    Task task = new Task(run, now + unit.toMillis(delay), unit.toMillis(period));
    tasks.add(task);
    return task;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable run, long delay, TimeUnit unit) {
    return add(run, delay, 0, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> call, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException("schedule of a Callable");
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable run, long delay, long period, TimeUnit unit) {
    return add(run, delay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable run, long delay, long period, TimeUnit unit) {
    return add(run, delay, period, unit);
  }

  @Override
  public void execute(Runnable run) {
    add(run, 0, 0, TimeUnit.MILLISECONDS);
  }

  @Override
  public void shutdown() {
    tasks.clear();
  }

  @Override
  public List<Runnable> shutdownNow() {
    List<Runnable> left = new ArrayList<>(tasks);
    tasks.clear();
    return left;
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
