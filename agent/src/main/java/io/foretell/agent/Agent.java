package io.foretell.agent;

import io.foretell.proto.v1.DeviceCommand;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
  private boolean started;
  private boolean connected;
  private boolean closed;
  private boolean spoolClosed;
  private boolean pumping;
  private int connection;
  private int lostConnection;
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

    /** Refuses settings under which nothing would move. */
    public Settings {
      if (window < 1 || firstRetryMillis < 1 || longestRetryMillis < firstRetryMillis) {
        throw new IllegalArgumentException("a window and waits of 1 or more, in order");
      }
    }
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

  /** Begins to connect; once. */
  public void start() {
    synchronized (this) {
      if (started) {
        return;
      }
      started = true;
    }
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
      link.connect(this::obey, () -> lost(mine));
    } catch (LinkException e) {
      retry(e.getMessage());
      return;
    }
    switch (connected(mine)) {
      case UP -> {
        log.debug("{}: connected", name);
        pump();
      }
      case LOST_ALREADY -> retry("connection lost at once");
      case NOT_WANTED -> link.close();
    }
  }

  private enum Connected {
    UP,
    LOST_ALREADY,
    NOT_WANTED
  }

  private synchronized Connected connected(int mine) {
    if (closed) {
      return Connected.NOT_WANTED;
    }
    if (lostConnection == mine) {
      return Connected.LOST_ALREADY;
    }
    connected = true;
    inFlight = 0;
    sentUpTo = 0;
    return Connected.UP;
  }

  /** The application's own failure must not cost the connection. */
  private void obey(DeviceCommand command) {
    synchronized (this) {
      failures = 0;
    }
    try {
      commands.accept(command);
    } catch (RuntimeException e) {
      // Boundary: what a model does with a command must not end its connection.
      log.error("{}: command {} failed", name, command.getId(), e);
    }
  }

  private synchronized void retry(@Nullable String why) {
    failures++;
    long longest =
        Math.min(
            settings.longestRetryMillis(),
            settings.firstRetryMillis() << Math.min(failures - 1, 16));
    // Spread by name, so that a fleet does not come back all at once.
    long wait = longest - Math.floorMod(name.hashCode() + 7919L * failures, longest / 4 + 1);
    log.debug("{}: {}; again in {} ms", name, why, wait);
    if (!closed) {
      scheduler.schedule(() -> blocking.execute(this::connect), wait, TimeUnit.MILLISECONDS);
    }
  }

  private void lost(int which) {
    synchronized (this) {
      if (which != connection || closed) {
        return;
      }
      if (!connected) {
        lostConnection = which;
        return;
      }
      connected = false;
    }
    retry("connection lost");
  }

  /**
   * Takes a message; completes when the server has acknowledged it, however long that takes.
   *
   * @return fails with {@link GivenUpException} where the message had to go for others that matter
   *     more, or the agent is closed before; what is in a {@link FileSpool} goes out with the next
   *     agent
   */
  public CompletionStage<Ack> offer(Message message) {
    CompletableFuture<Ack> acknowledged = new CompletableFuture<>();
    List<CompletableFuture<Ack>> givenUp = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(new GivenUpException(name + " is closed"));
      }
      Spool.Added added = spool.add(message);
      waiting.put(added.number(), acknowledged);
      for (long number : added.givenUp()) {
        CompletableFuture<Ack> waiter = waiting.remove(number);
        if (waiter != null) {
          givenUp.add(waiter);
        }
      }
    }
    for (CompletableFuture<Ack> waiter : givenUp) {
      waiter.completeExceptionally(new GivenUpException("the spool of " + name + " is full"));
    }
    pump();
    return acknowledged;
  }

  /** Sends what may be sent. One thread at a time, so that the order is kept. */
  private void pump() {
    synchronized (this) {
      if (pumping) {
        return;
      }
      pumping = true;
    }
    for (Outgoing next = next(); next != null; next = next()) {
      Outgoing out = next;
      CompletionStage<Ack> sent;
      try {
        sent = link.send(out.kept().message());
      } catch (LinkException e) {
        sent = CompletableFuture.failedFuture(e);
      }
      sent.whenComplete(
          (ack, failure) -> answered(out.connection(), out.kept().number(), ack, failure));
    }
  }

  private record Outgoing(Spool.Kept kept, int connection) {}

  private synchronized @Nullable Outgoing next() {
    if (connected && !closed && inFlight < settings.window()) {
      List<Spool.Kept> next = spool.next(sentUpTo, 1);
      if (!next.isEmpty()) {
        sentUpTo = next.get(0).number();
        inFlight++;
        return new Outgoing(next.get(0), connection);
      }
    }
    pumping = false;
    return null;
  }

  private void answered(int which, long number, @Nullable Ack ack, @Nullable Throwable failure) {
    CompletableFuture<Ack> acknowledged = null;
    synchronized (this) {
      if (which == connection) {
        inFlight--;
      }
      if (ack != null) {
        // An acknowledgement counts, whichever connection it came by.
        failures = 0;
        acknowledged = waiting.remove(number);
        done(number);
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

  private void done(long number) {
    if (spoolClosed) {
      return;
    }
    try {
      spool.done(number);
    } catch (UncheckedIOException e) {
      log.warn("{}: message {} will be sent once more: {}", name, number, e.getMessage());
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

  /** Ends the connection; whoever waits for an acknowledgement is told that none will come. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      connected = false;
    }
    link.close();
    List<CompletableFuture<Ack>> left;
    synchronized (this) {
      spoolClosed = true;
      spool.close();
      left = List.copyOf(waiting.values());
      waiting.clear();
    }
    for (CompletableFuture<Ack> waiter : left) {
      waiter.completeExceptionally(new GivenUpException(name + " is closed"));
    }
  }
}
