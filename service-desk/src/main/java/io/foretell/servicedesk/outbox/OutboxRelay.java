package io.foretell.servicedesk.outbox;

import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.Severity;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the relays: each in turns of its own, so that one whose other side is slow or gone does
 * not hold up the others. What fails is tried again at the next turn.
 */
public final class OutboxRelay implements Part {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
  private static final int TURN = 1000;

  private final Outbox outbox;
  private final List<Relay> relays;
  private final InstantSource clock;
  private final ScheduledExecutorService scheduler;
  private final Duration period;
  private final Map<String, String> troubles = new ConcurrentHashMap<>();
  private final List<Shift> shifts = new ArrayList<>();

  /**
   * Drives relays.
   *
   * @param scheduler runs them; relays block, so it needs a thread for each; stays the caller's own
   * @param period between turns; {@link #wake} makes one at once
   */
  public OutboxRelay(
      Outbox outbox,
      List<Relay> relays,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      Duration period) {
    this.outbox = outbox;
    this.relays = List.copyOf(relays);
    this.clock = clock;
    this.scheduler = scheduler;
    this.period = period;
  }

  @Override
  public synchronized void start() {
    if (!shifts.isEmpty()) {
      return;
    }
    for (Relay relay : relays) {
      Shift shift = new Shift(relay);
      shift.schedule();
      shifts.add(shift);
    }
  }

  /** Something is there to be relayed: makes a turn soon, on the scheduler. Never blocks. */
  public void wake() {
    shifts().forEach(Shift::wake);
  }

  /**
   * Makes a turn of every relay, here and now: for tests and tools that drive time themselves.
   *
   * @param now ms since 1970
   * @return how many changes were moved
   */
  public int pump(long now) {
    int moved = 0;
    for (Relay relay : relays) {
      moved += turn(relay, now);
    }
    forget(moved);
    return moved;
  }

  private int turn(Relay relay, long now) {
    int moved = 0;
    int last = relay.pump(now);
    while (last > 0 && moved < TURN) {
      moved += last;
      last = relay.pump(now);
    }
    return moved + last;
  }

  private void forget(int moved) {
    if (moved > 0) {
      outbox.forget(relays.stream().map(Relay::name).toList());
    }
  }

  @Override
  public Health health() {
    if (troubles.isEmpty()) {
      return Health.good("outbox");
    }
    List<Health.Notice> notices =
        troubles.entrySet().stream()
            .map(
                trouble ->
                    new Health.Notice(
                        "RELAY_STUCK",
                        Severity.MAJOR,
                        trouble.getKey() + ": " + trouble.getValue(),
                        "Changes are kept and sent when the other side is back."))
            .toList();
    return new Health("outbox", true, notices);
  }

  @Override
  public synchronized void close() {
    shifts.forEach(Shift::stop);
    shifts.clear();
    relays.forEach(Relay::close);
  }

  private synchronized List<Shift> shifts() {
    return List.copyOf(shifts);
  }

  /** One relay's turns. */
  private final class Shift {
    private final Relay relay;
    private final AtomicBoolean called = new AtomicBoolean();
    private volatile boolean stopped;
    private volatile @Nullable ScheduledFuture<?> next;

    Shift(Relay relay) {
      this.relay = relay;
    }

    void schedule() {
      next =
          scheduler.scheduleWithFixedDelay(this::run, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    void wake() {
      if (stopped || !called.compareAndSet(false, true)) {
        return;
      }
      try {
        scheduler.execute(this::run);
      } catch (RejectedExecutionException e) {
        LOG.debug("relay {} is not woken: its scheduler has ended", relay.name());
      }
    }

    void stop() {
      stopped = true;
      ScheduledFuture<?> pending = next;
      if (pending != null) {
        pending.cancel(false);
      }
      awaitTurn();
    }

    /** A turn under way ends before the relay is closed. */
    private synchronized void awaitTurn() {}

    private synchronized void run() {
      called.set(false);
      if (stopped) {
        return;
      }
      try {
        forget(turn(relay, clock.millis()));
        troubles.remove(relay.name());
      } catch (RuntimeException e) {
        // Boundary: a scheduled task that throws would never run again.
        String trouble = String.valueOf(e.getMessage());
        if (troubles.put(relay.name(), trouble) == null) {
          LOG.warn("relay {} is stuck: {}", relay.name(), trouble, e);
        }
      }
    }
  }
}
