package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.Severity;
import io.foretell.proto.Sink;
import io.foretell.proto.Topic;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sink under its name, given each batch again until it has taken it. */
final class Attached<I> {
  private static final Logger LOG = LoggerFactory.getLogger(Attached.class);

  final String name;
  final Topic<I> from;
  private final Sink<I> sink;
  private final AtomicLong open = new AtomicLong();

  Attached(String name, Topic<I> from, Sink<I> sink) {
    this.name = name;
    this.from = from;
    this.sink = sink;
  }

  /** Entries that it has been given and has not taken yet. */
  long open() {
    return open.get();
  }

  /**
   * Gives a batch, of which the entries are of one partition.
   *
   * @return completes when the sink has taken it; fails only where the engine closes
   */
  CompletableFuture<Void> serve(List<Entry<I>> batch, Works works) {
    open.addAndGet(batch.size());
    CompletableFuture<Void> served = new CompletableFuture<>();
    attempt(batch, served, 0, works);
    return served;
  }

  private void attempt(
      List<Entry<I>> batch, CompletableFuture<Void> served, long pause, Works works) {
    if (works.closing()) {
      open.addAndGet(-batch.size());
      served.completeExceptionally(new CancellationException("the engine closes"));
      return;
    }
    CompletionStage<?> written = write(batch);
    written.whenComplete((taken, failure) -> outcome(batch, served, pause, works, failure));
  }

  private CompletionStage<?> write(List<Entry<I>> batch) {
    try {
      return sink.write(batch);
    } catch (Exception e) {
      // Boundary: what a sink does is outside; any failure of it means the same batch again.
      return CompletableFuture.failedFuture(e);
    }
  }

  private void outcome(
      List<Entry<I>> batch,
      CompletableFuture<Void> served,
      long pause,
      Works works,
      @Nullable Throwable failure) {
    String subject = name + "/" + batch.get(0).position().partition();
    if (failure == null) {
      if (pause != 0) {
        works.notices().clear(subject);
        LOG.info("{}: takes entries again", subject);
      }
      open.addAndGet(-batch.size());
      served.complete(null);
      return;
    }
    works.counters().sinkFailures.increment();
    LOG.warn("{}: SINK_FAILING, the batch comes again: {}", subject, failure.toString());
    works
        .notices()
        .put(
            subject,
            new Health.Notice(
                "SINK_FAILING",
                Severity.MAJOR,
                name + " does not take what it is given: " + failure.getMessage(),
                "Nothing is lost, it is tried again; see that what it writes to is there."));
    long from = works.options().retryFrom().toNanos();
    long next = Math.min(Math.max(2 * pause, from), works.options().retryTo().toNanos());
    works
        .timer()
        .schedule(
            () -> works.pool().execute(() -> attempt(batch, served, next, works)),
            next,
            TimeUnit.NANOSECONDS);
  }
}
