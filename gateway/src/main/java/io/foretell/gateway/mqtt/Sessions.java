package io.foretell.gateway.mqtt;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All sessions, and which connection each belongs to. */
final class Sessions {
  private final MqttLimits limits;
  private final InstantSource clock;
  private final Map<Session.Key, Session> sessions = new HashMap<>();
  private int stored;

  Sessions(MqttLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Gives a session to a connection: the one that is there, or a new one. */
  synchronized Attached attach(Session.Key key, Connection connection, boolean cleanStart) {
    Session before = sessions.get(key);
    Connection previous = before == null ? null : before.owner;
    if (before != null && previous == null) {
      stored--;
    }
    boolean present = before != null && !cleanStart && before.expiresAt > clock.millis();
    Session session = before != null && present ? before : new Session(key);
    session.owner = connection;
    session.visits++;
    session.expiresAt = Long.MAX_VALUE;
    sessions.put(key, session);
    return new Attached(session, present, previous);
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
    if (sessions.get(session.key()) != session) {
      return;
    }
    if (expiry == 0 || stored >= limits.maxStoredSessions()) {
      sessions.remove(session.key());
    } else {
      session.expiresAt = clock.millis() + expiry;
      stored++;
    }
  }

  /** How often a session was given to a connection: more often than before, the client is back. */
  synchronized int visits(Session session) {
    return session.visits;
  }

  /** Forgets sessions that nobody came back for. */
  synchronized void expire() {
    long now = clock.millis();
    sessions
        .values()
        .removeIf(
            session -> {
              boolean gone = session.owner == null && session.expiresAt <= now;
              if (gone) {
                stored--;
              }
              return gone;
            });
  }

  /**
   * A session that a connection now owns.
   *
   * @param present whether the client finds an earlier one again
   * @param previous the connection that must let go first; null where there is none
   */
  record Attached(Session session, boolean present, @Nullable Connection previous) {}
}
