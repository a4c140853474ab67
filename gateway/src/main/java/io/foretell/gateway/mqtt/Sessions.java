package io.foretell.gateway.mqtt;

import io.foretell.gateway.mqtt.SessionStore.Change;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All sessions, and which connection each belongs to. */
final class Sessions {
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private final MqttLimits limits;
  private final InstantSource clock;
  private final Optional<SessionKeeper> keeper;
  private final Optional<Elsewhere> elsewhere;
  private final AtomicLong claims = new AtomicLong();
  private final Map<Session.Key, Session> sessions = new HashMap<>();
  private final Map<Name, Session> connected = new HashMap<>();
  private int stored;

  /**
   * @param keeper empty where sessions do not outlive the server
   * @param elsewhere empty where there is no other process
   */
  Sessions(
      MqttLimits limits,
      InstantSource clock,
      Optional<SessionKeeper> keeper,
      Optional<Elsewhere> elsewhere) {
    this.limits = limits;
    this.clock = clock;
    this.keeper = keeper;
    this.elsewhere = elsewhere;
  }

  /**
   * Takes in what was kept.
   *
   * @param pending the commands that a device has not answered
   */
  synchronized void restore(Function<DeviceId, List<Command>> pending) {
    if (elsewhere.isPresent()) {
      return;
    }
    for (KeptSession kept : keeper.map(SessionKeeper::load).orElse(List.of())) {
      Session session = Session.restored(kept, pending.apply(kept.device()));
      session.expiresAt = expiry(kept);
      sessions.put(session.key(), session);
      stored++;
    }
    expire();
  }

  /**
   * Takes the session of a client that comes, wherever it was before: in another process, or kept.
   * May block. Empty where there is none, or where this is the only process.
   *
   * @param pending the commands that a device has not answered
   */
  Optional<Session> claim(Session.Key key, Function<DeviceId, List<Command>> pending) {
    if (elsewhere.isEmpty() || keeper.isEmpty()) {
      return Optional.empty();
    }
    long holder = ((long) elsewhere.get().node() << 32) | claims.incrementAndGet() & 0xFFFF_FFFFL;
    return keeper
        .get()
        .claim(key, holder)
        .map(
            claimed -> {
              if (claimed.session().leftAt() == 0) {
                elsewhere.get().claimed(key.device(), key.clientId(), holder);
              }
              Session session = Session.restored(claimed.session(), pending.apply(key.device()));
              session.expiresAt = expiry(claimed.session());
              session.holder = holder;
              return session;
            })
        .or(
            () -> {
              Session fresh = new Session(key);
              fresh.holder = holder;
              fresh.expiresAt = 0;
              return Optional.of(fresh);
            });
  }

  /** A connection of another process has a session now; the one that has it here must go. */
  synchronized Optional<Connection> claimedElsewhere(Session.Key key, long holder) {
    Session here = sessions.get(key);
    return here == null || here.holder == holder
        ? Optional.empty()
        : Optional.ofNullable(here.owner);
  }

  private long expiry(KeptSession kept) {
    return (kept.leftAt() == 0 ? clock.millis() : kept.leftAt()) + kept.expiry();
  }

  /**
   * Gives a session to a connection: the one that is there, or a new one; empty where the client id
   * is in use by another device of the tenant. A client id that is the device's own name is its
   * own: whoever else uses it must go.
   *
   * @param claimed see {@link #claim}
   */
  synchronized Optional<Attached> attach(
      Session.Key key, Connection connection, boolean cleanStart, Optional<Session> claimed) {
    Name name = Name.of(key);
    Session other = connected.get(name);
    Connection squatter = other == null || other.key().equals(key) ? null : other.owner;
    boolean own = key.clientId().equals(key.device().device());
    if (squatter != null && !own) {
      return Optional.empty();
    }
    Session here = sessions.get(key);
    Session before = here == null ? claimed.orElse(null) : here;
    Connection previous = here == null ? null : here.owner;
    if (here != null && previous == null) {
      stored--;
    }
    boolean present = before != null && !cleanStart && before.expiresAt > clock.millis();
    Session session = before != null && present ? before : new Session(key);
    session.kept |= before != null && before.kept;
    session.holder = claimed.map(c -> c.holder).orElse(0L);
    session.owner = connection;
    session.visits++;
    session.expiresAt = Long.MAX_VALUE;
    sessions.put(key, session);
    connected.put(name, session);
    return Optional.of(new Attached(session, present, previous, squatter));
  }

  /**
   * Keeps a session as it is now; completes when that is durable, at once where it need not be. On
   * the event loop of its owner.
   *
   * @param expiry how long it outlives its connection, ms; 0 for not at all
   */
  CompletableFuture<Void> keep(Session session, long expiry) {
    if (keeper.isEmpty()) {
      return DONE;
    }
    synchronized (this) {
      if (expiry > 0) {
        session.kept = true;
        return keeper
            .get()
            .write(session.key(), new Change.Keep(session.snapshot(expiry, 0), session.holder));
      }
      return session.kept ? forget(session) : DONE;
    }
  }

  /**
   * A connection has let go of its session.
   *
   * @param expiry how long the session is kept, ms
   */
  synchronized void detach(Session session, Connection connection, long expiry) {
    if (session.owner != connection) {
      return;
    }
    session.owner = null;
    connected.remove(Name.of(session.key()), session);
    if (sessions.get(session.key()) != session) {
      return;
    }
    if (expiry == 0 || stored >= limits.maxStoredSessions()) {
      sessions.remove(session.key());
      forget(session);
    } else {
      long now = clock.millis();
      session.expiresAt = now + expiry;
      session.kept = true;
      if (elsewhere.isEmpty()) {
        stored++;
      } else {
        // The client may come back to another process.
        sessions.remove(session.key());
      }
      Change keep = new Change.Keep(session.snapshot(expiry, now), session.holder);
      keeper.ifPresent(k -> k.write(session.key(), keep));
    }
  }

  private CompletableFuture<Void> forget(Session session) {
    if (keeper.isEmpty() || !session.kept) {
      return DONE;
    }
    session.kept = false;
    Session.Key key = session.key();
    return keeper.get().write(key, new Change.Forget(key.device(), key.clientId(), session.holder));
  }

  /** How often a session was given to a connection: more often than before, the client is back. */
  synchronized int visits(Session session) {
    return session.visits;
  }

  /** Forgets sessions that nobody came back for. */
  synchronized void expire() {
    long now = clock.millis();
    if (elsewhere.isPresent()) {
      keeper.ifPresent(k -> k.forgetExpired(now));
    }
    sessions
        .values()
        .removeIf(
            session -> {
              boolean gone = session.owner == null && session.expiresAt <= now;
              if (gone) {
                stored--;
                forget(session);
              }
              return gone;
            });
  }

  /** A client id within its tenant: no two devices may be connected with the same. */
  private record Name(String tenant, String clientId) {
    static Name of(Session.Key key) {
      return new Name(key.device().tenant(), key.clientId());
    }
  }

  /**
   * A session that a connection now owns.
   *
   * @param present whether the client finds an earlier one again
   * @param previous the connection that must let go first; null where there is none
   * @param squatter the connection of another device under this device's name; null where none
   */
  record Attached(
      Session session,
      boolean present,
      @Nullable Connection previous,
      @Nullable Connection squatter) {}
}
