package io.foretell.ingest.engine;

import io.foretell.proto.Entry;
import io.foretell.proto.Health;
import io.foretell.proto.Severity;
import io.foretell.proto.Sink;
import io.foretell.proto.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sink under its name, given each batch again until it has taken it. */
public final class Attached<I> {
  private static final Logger LOG = LoggerFactory.getLogger(Attached.class);

  private final String name;
  private final Topic<I> from;
  private final Sink<I> sink;
  private final AtomicLong open = new AtomicLong();

  /** What an engine does for the sinks that are attached to it. */
  public interface Host {
    /** Whether nothing more is to be tried. */
    boolean closing();

    /** Does something after a pause, on a thread that may be blocked for a while. */
    void later(Runnable task, long nanos);

    /** A batch was not taken. */
    void sinkFailed();

    Notices notices();

    /** The first pause after a failure; doubles each time. */
    Duration retryFrom();

    /** The longest such pause. */
    Duration retryTo();
  }

  /** A sink on a topic, under a name. */
  public Attached(String name, Topic<I> from, Sink<I> sink) {
    this.name = name;
    this.from = from;
    this.sink = sink;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Where its entries come from. */
  public Topic<I> from() {
    return from;
  }

  /** Entries that it has been given and has not taken yet. */
  public long open() {
    return open.get();
  }

  /**
   * Gives a batch, of which the entries are of one partition.
   *
   * @return completes when the sink has taken it; fails only where the engine closes
   */
  public CompletableFuture<Void> serve(List<Entry<I>> batch, Host host) {
    open.addAndGet(batch.size());
    CompletableFuture<Void> served = new CompletableFuture<>();
    attempt(batch, served, 0, host);
    return served;
  }

  private void attempt(
      List<Entry<I>> batch, CompletableFuture<Void> served, long pause, Host host) {
    if (host.closing()) {
      open.addAndGet(-batch.size());
      served.completeExceptionally(new CancellationException("the engine closes"));
      return;
    }
    CompletionStage<?> written = write(batch);
    written.whenComplete((taken, failure) -> outcome(batch, served, pause, host, failure));
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
      Host host,
      @Nullable Throwable failure) {
    String subject = name + "/" + batch.get(0).position().partition();
    if (failure == null) {
      if (pause != 0) {
        host.notices().clear(subject);
        LOG.info("{}: takes entries again", subject);
      }
      open.addAndGet(-batch.size());
      served.complete(null);
      return;
    }
    host.sinkFailed();
    LOG.warn("{}: SINK_FAILING, the batch comes again: {}", subject, failure.toString());
    host.notices()
        .put(
            subject,
            new Health.Notice(
                "SINK_FAILING",
                Severity.MAJOR,
                name + " does not take what it is given: " + failure.getMessage(),
                "Nothing is lost, it is tried again; see that what it writes to is there."));
    long from = host.retryFrom().toNanos();
    long next = Math.min(Math.max(2 * pause, from), host.retryTo().toNanos());
    host.later(() -> attempt(batch, served, next, host), next);
  }
}
