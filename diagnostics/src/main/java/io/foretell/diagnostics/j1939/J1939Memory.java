package io.foretell.diagnostics.j1939;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must be remembered of one device's buses: open transport sessions, at most {@value
 * #MOST_SESSIONS} of at most 1785 bytes each, and counts of what went wrong.
 */
public final class J1939Memory {
  static final int MOST_SESSIONS = 32;

  final List<Session> sessions = new ArrayList<>(4);
  final long[] counts = new long[TransportEvent.values().length];

  /** A memory of nothing. */
  public J1939Memory() {}

  /** How often something went wrong. */
  public long count(TransportEvent event) {
    return counts[event.ordinal()];
  }

  /** How many sessions are open. */
  public int openSessions() {
    return sessions.size();
  }

  void add(TransportEvent event) {
    counts[event.ordinal()]++;
  }

  @Nullable Session find(String bus, int addresses) {
    for (int i = 0; i < sessions.size(); i++) {
      Session session = sessions.get(i);
      if (session.addresses == addresses && session.bus.equals(bus)) {
        return session;
      }
    }
    return null;
  }

  boolean remove(String bus, int addresses) {
    Session session = find(bus, addresses);
    return session != null && sessions.remove(session);
  }

  void open(Session session) {
    if (sessions.size() == MOST_SESSIONS) {
      Session silent = sessions.get(0);
      for (Session other : sessions) {
        silent = other.lastMicros < silent.lastMicros ? other : silent;
      }
      sessions.remove(silent);
      add(TransportEvent.EVICTED);
    }
    sessions.add(session);
  }
}
