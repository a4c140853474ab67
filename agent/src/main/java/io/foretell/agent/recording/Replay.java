package io.foretell.agent.recording;

import io.foretell.agent.Ack;
import io.foretell.agent.Agent;
import io.foretell.proto.InvalidInputException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Plays a recording through an agent, at its own pace or faster. */
public final class Replay {
  private final Agent agent;
  private final List<Due> due;
  private final double speed;
  private final ScheduledExecutorService scheduler;
  private final InstantSource clock;
  private final IntConsumer progress;
  private final CompletableFuture<Outcome> finished = new CompletableFuture<>();
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicInteger unusable = new AtomicInteger();
  private long startedAt;
  private int next;

  /**
   * How it ended.
   *
   * @param acknowledged messages that the server has
   * @param unusable those of them that it keeps as rejects
   */
  public record Outcome(int acknowledged, int unusable) {}

  /**
   * A replay.
   *
   * @param speed 1 for the pace of the recording, 10 for ten times as fast
   * @param progress told how many messages the server has acknowledged
   */
  public Replay(
      Agent agent,
      List<Due> due,
      double speed,
      ScheduledExecutorService scheduler,
      InstantSource clock,
      IntConsumer progress) {
    if (!(speed > 0) || Double.isInfinite(speed)) {
      throw new IllegalArgumentException("a speed above 0, not " + speed);
    }
    this.agent = agent;
    this.due = List.copyOf(due);
    this.speed = speed;
    this.scheduler = scheduler;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Begins; completes when the server has acknowledged everything.
   *
   * @return fails where a message was given up, because the agent's spool was full or the agent was
   *     closed
   */
  public CompletionStage<Outcome> start() {
    startedAt = clock.millis();
    if (due.isEmpty()) {
      finished.complete(new Outcome(0, 0));
    } else {
      scheduler.execute(this::step);
    }
    return finished;
  }

  private void step() {
    try {
      offerWhatIsDue();
    } catch (UncheckedIOException | InvalidInputException e) {
      finished.completeExceptionally(e);
    }
  }

  private void offerWhatIsDue() {
    long elapsed = (long) ((clock.millis() - startedAt) * speed);
    while (next < due.size() && due.get(next).atMillis() <= elapsed) {
      agent
          .offer(due.get(next++).message())
          .thenAccept(this::acknowledged)
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  finished.completeExceptionally(failure);
                }
              });
    }
    if (next < due.size() && !finished.isDone()) {
      long wait = (long) ((due.get(next).atMillis() - elapsed) / speed);
      scheduler.schedule(this::step, Math.max(1, wait), TimeUnit.MILLISECONDS);
    }
  }

  private void acknowledged(Ack ack) {
    if (!ack.usable()) {
      unusable.incrementAndGet();
    }
    int done = acknowledged.incrementAndGet();
    progress.accept(done);
    if (done == due.size()) {
      finished.complete(new Outcome(done, unusable.get()));
    }
  }
}
