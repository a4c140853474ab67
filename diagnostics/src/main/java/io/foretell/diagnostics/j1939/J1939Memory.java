package io.foretell.diagnostics.j1939;

import io.foretell.proto.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What must be remembered of one device's buses: open transport sessions, within {@link
 * TransportLimits}, and counts of what went wrong.
 *
 * <p>When there is no room, an announcement that nothing followed goes before a session that is
 * under way, and of those one of the source that has most: a flood costs no message that is being
 * sent, and a flood from one source costs no other source anything.
 */
public final class J1939Memory {
  private static final int BUCKETS = 64;

  final TransportLimits limits;
  final long[] counts = new long[TransportEvent.values().length];
  private final @Nullable Session[] buckets = new Session[BUCKETS];
  private int open;
  private int held;

  /** A memory of nothing, for one device. */
  public J1939Memory() {
    this(TransportLimits.DEVICE);
  }

  /** A memory of nothing, within limits. */
  public J1939Memory(TransportLimits limits) {
    this.limits = limits;
  }

  /** How often something went wrong. */
  public long count(TransportEvent event) {
    return counts[event.ordinal()];
  }

  /** How many sessions are open. */
  public int openSessions() {
    return open;
  }

  /** How many bytes the open sessions hold. */
  public int heldBytes() {
    return held;
  }

  /** How a memory within {@link TransportLimits#DEVICE} is kept. */
  public static Codec<J1939Memory> codec() {
    return J1939MemoryCodec.INSTANCE;
  }

  /**
   * Time of the last frame of a session that is open on a bus, µs; {@link Long#MIN_VALUE}: none.
   */
  public long latest(String bus) {
    long[] latest = {Long.MIN_VALUE};
    forEach(
        session -> {
          if (session.bus.equals(bus)) {
            latest[0] = Math.max(latest[0], session.lastMicros);
          }
        });
    return latest[0];
  }

  /**
   * Gives sessions up.
   *
   * @param stale of a bus and the time of a session's last frame, µs: whether it will not go on
   */
  public void dropIf(BiPredicate<String, Long> stale) {
    List<Session> gone = new ArrayList<>();
    forEach(
        session -> {
          if (stale.test(session.bus, session.lastMicros)) {
            gone.add(session);
          }
        });
    for (Session session : gone) {
      remove(session);
      add(TransportEvent.TIMED_OUT);
    }
  }

  void add(TransportEvent event) {
    counts[event.ordinal()]++;
  }

  @Nullable Session find(String bus, int addresses, boolean extended) {
    Session session = buckets[bucket(addresses)];
    while (session != null && !session.is(bus, addresses, extended)) {
      session = session.link;
    }
    return session;
  }

  boolean remove(String bus, int addresses, boolean extended) {
    Session session = find(bus, addresses, extended);
    if (session != null) {
      remove(session);
    }
    return session != null;
  }

  void remove(Session session) {
    int bucket = bucket(session.addresses);
    Session before = null;
    for (Session at = buckets[bucket]; at != null; at = at.link) {
      if (at == session) {
        if (before == null) {
          buckets[bucket] = session.link;
        } else {
          before.link = session.link;
        }
        session.link = null;
        open--;
        held -= session.data.length;
        return;
      }
      before = at;
    }
  }

  void open(Session session) {
    while (open >= limits.sessions()
        || open > 0 && held + session.data.length > limits.allBytes()) {
      evict();
    }
    int bucket = bucket(session.addresses);
    session.link = buckets[bucket];
    buckets[bucket] = session;
    open++;
    held += session.data.length;
  }

  /** Makes room for a session's next packet; false where the session itself had to go. */
  boolean room(Session session) {
    int lacking = session.lacking();
    if (lacking == 0) {
      return true;
    }
    while (held + lacking > limits.allBytes()) {
      if (evict() == session) {
        return false;
      }
    }
    session.grow(lacking);
    held += lacking;
    return true;
  }

  private @Nullable Session evict() {
    int[] bySource = new int[256];
    forEach(session -> bySource[session.addresses >>> 8]++);
    Session victim = null;
    for (Session first : buckets) {
      for (Session at = first; at != null; at = at.link) {
        victim = victim == null || goesBefore(at, victim, bySource) ? at : victim;
      }
    }
    if (victim != null) {
      remove(victim);
      add(TransportEvent.EVICTED);
    }
    return victim;
  }

  private static boolean goesBefore(Session one, Session other, int[] bySource) {
    boolean idle = one.next == 1;
    if (idle != (other.next == 1)) {
      return idle;
    }
    int many = bySource[one.addresses >>> 8];
    int others = bySource[other.addresses >>> 8];
    return many == others ? one.lastMicros < other.lastMicros : many > others;
  }

  void forEach(Consumer<Session> each) {
    for (Session first : buckets) {
      for (Session at = first; at != null; at = at.link) {
        each.accept(at);
      }
    }
  }

  private static int bucket(int addresses) {
    return (addresses >>> 8 ^ addresses * 31) & BUCKETS - 1;
  }
}
