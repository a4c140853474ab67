package io.foretell.agent;

import io.foretell.proto.v1.DeviceCommand;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device's end of the conversation: keeps every message until the server has acknowledged it,
 * over outages and reconnections, and hands commands on.
 *
 * <p>Order: messages leave in the order of {@link #offer}; up to {@code window} of them are
 * unacknowledged at a time. After a break everything unacknowledged is sent again; the server drops
 * what it had, by the messages' numbers.
 */
public final class Agent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Agent.class);

  private final String name;
  private final Link link;
  private final Spool spool;
  private final ScheduledExecutorService scheduler;
  private final Executor blocking;
  private final Settings settings;
  private final Consumer<DeviceCommand> commands;
  private final Map<Long, CompletableFuture<Ack>> waiting = new HashMap<>();
  private boolean connected;
  private boolean closed;
  private int connection;
  private int inFlight;
  private long sentUpTo;
  private int failures;

  /**
   * How an agent behaves.
   *
   * @param window most unacknowledged messages
   * @param firstRetryMillis wait after the first failed connection; doubles up to the longest
   * @param longestRetryMillis longest wait
   */
  public record Settings(int window, long firstRetryMillis, long longestRetryMillis) {
    /** 16 messages; 0.5 s to 30 s. */
    public static final Settings DEFAULT = new Settings(16, 500, 30_000);
  }

  /**
   * Makes an agent; {@link #start} connects it.
   *
   * @param name for the log
   * @param scheduler for the waits between connections
   * @param blocking for what blocks: connecting
   * @param commands called for each command, possibly twice for the same
   */
  public Agent(
      String name,
      Link link,
      Spool spool,
      ScheduledExecutorService scheduler,
      Executor blocking,
      Settings settings,
      Consumer<DeviceCommand> commands) {
    this.name = name;
    this.link = link;
    this.spool = spool;
    this.scheduler = scheduler;
    this.blocking = blocking;
    this.settings = settings;
    this.commands = commands;
  }

  /** Begins to connect. */
  public void start() {
    blocking.execute(this::connect);
  }

  private void connect() {
    int mine;
    synchronized (this) {
      if (closed) {
        return;
      }
      mine = ++connection;
    }
    try {
      link.connect(commands, () -> lost(mine));
    } catch (LinkException e) {
      retry(e);
      return;
    }
    synchronized (this) {
      if (mine != connection) {
        return;
      }
      connected = true;
      failures = 0;
      inFlight = 0;
      sentUpTo = 0;
    }
    log.debug("{}: connected", name);
    pump();
  }

  private synchronized void retry(LinkException e) {
    failures++;
    long wait =
        Math.min(
            settings.longestRetryMillis(),
            settings.firstRetryMillis() << Math.min(failures - 1, 16));
    log.debug("{}: {}; again in {} ms", name, e.getMessage(), wait);
    if (!closed) {
      scheduler.schedule(() -> blocking.execute(this::connect), wait, TimeUnit.MILLISECONDS);
    }
  }

  private void lost(int which) {
    synchronized (this) {
      if (which != connection || closed || !connected) {
        return;
      }
      connected = false;
    }
    retry(new LinkException("connection lost", false));
  }

  /** Takes a message; completes when the server has acknowledged it, however long that takes. */
  public CompletionStage<Ack> offer(Message message) {
    CompletableFuture<Ack> acknowledged = new CompletableFuture<>();
    synchronized (this) {
      waiting.put(spool.add(message), acknowledged);
    }
    pump();
    return acknowledged;
  }

  private void pump() {
    while (true) {
      Spool.Kept kept;
      int mine;
      synchronized (this) {
        if (!connected || closed || inFlight >= settings.window()) {
          return;
        }
        var next = spool.next(sentUpTo, 1);
        if (next.isEmpty()) {
          return;
        }
        kept = next.get(0);
        sentUpTo = kept.number();
        inFlight++;
        mine = connection;
      }
      link.send(kept.message())
          .whenComplete((ack, failure) -> answered(mine, kept.number(), ack, failure));
    }
  }

  private void answered(int which, long number, @Nullable Ack ack, @Nullable Throwable failure) {
    CompletableFuture<Ack> acknowledged = null;
    synchronized (this) {
      if (ack != null) {
        spool.done(number);
        acknowledged = waiting.remove(number);
      }
      if (which == connection) {
        inFlight--;
      }
    }
    if (acknowledged != null && ack != null) {
      acknowledged.complete(ack);
    }
    if (failure != null) {
      lost(which);
    } else {
      pump();
    }
  }

  /** How many messages the server has not acknowledged. */
  public synchronized int backlog() {
    return spool.size();
  }

  /** Whether there is a connection now. */
  public synchronized boolean connected() {
    return connected;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      connected = false;
    }
    link.close();
    synchronized (this) {
      spool.close();
    }
  }
}
