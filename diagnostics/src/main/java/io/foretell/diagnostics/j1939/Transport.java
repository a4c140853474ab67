package io.foretell.diagnostics.j1939;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts multi-packet messages together, SAE J1939-21 clause 5.10: broadcast announce (BAM),
 * connection mode (RTS/CTS) and the extended protocol (ETP), one session of a kind a (bus, source,
 * destination), packets strictly in order. It listens only; a CTS that asks for an earlier packet
 * again takes the session back to it.
 *
 * <pre>
 *   TP.CM  00EC00   16 RTS    size LE16, packets, most a CTS, PGN LE24
 *                   17 CTS    packets, next, FF FF, PGN
 *                   19 end    size, packets, FF, PGN
 *                   32 BAM    size, packets, FF, PGN
 *                  255 abort  reason, FF FF FF, PGN
 *   TP.DT  00EB00   sequence 1–255, seven bytes
 *   ETP.CM 00C800   20 RTS    size LE32, PGN
 *                   21 CTS    packets, next LE24, PGN
 *                   22 DPO    packets, offset LE24, PGN
 *                   23 end    size LE32, PGN
 *                  255 abort  as above
 *   ETP.DT 00C700   sequence 1–255 after the offset, seven bytes
 * </pre>
 */
public final class Transport {
  private static final int PF_BITS = 0x00FF0000;
  private static final int TP_CM = 0x00EC0000;
  private static final int TP_DT = 0x00EB0000;
  private static final int ETP_CM = 0x00C80000;
  private static final int ETP_DT = 0x00C70000;
  private static final int RTS = 16;
  private static final int CTS = 17;
  private static final int BAM = 32;
  private static final int EXTENDED_RTS = 20;
  private static final int EXTENDED_CTS = 21;
  private static final int EXTENDED_OFFSET = 22;
  private static final int ABORT = 255;
  private static final int MOST_BYTES = 1785;

  private final IntPredicate wanted;

  /**
   * @param wanted the PGNs whose messages are put together; others are passed over
   */
  public Transport(IntPredicate wanted) {
    this.wanted = wanted;
  }

  /** Takes the messages that are complete. */
  public interface Receiver {
    /**
     * A message.
     *
     * @param micros time of its last packet, µs since 1970
     * @param data its bytes from 0; the receiver must not keep the array
     * @param length how many
     */
    void message(
        long micros,
        String bus,
        int sa,
        int da,
        int pgn,
        TransportKind kind,
        byte[] data,
        int length);
  }

  /** Whether a 29-bit identifier is one of the transport protocols'. */
  public static boolean isTransport(int id) {
    return switch (id & 0x03FF0000) {
      case TP_CM, TP_DT, ETP_CM, ETP_DT -> true;
      default -> false;
    };
  }

  /** Takes a frame for which {@link #isTransport} holds. */
  public void frame(
      J1939Memory memory,
      long micros,
      String bus,
      int id,
      byte[] data,
      int offset,
      int length,
      Receiver receiver) {
    boolean packet = (id & PF_BITS) == TP_DT || (id & PF_BITS) == ETP_DT;
    if (length < (packet ? 2 : 8)) {
      memory.add(TransportEvent.MALFORMED);
      return;
    }
    int addresses = (id & 0xFF) << 8 | id >>> 8 & 0xFF;
    switch (id & PF_BITS) {
      case TP_CM -> control(memory, micros, bus, addresses, data, offset);
      case ETP_CM -> extendedControl(memory, micros, bus, addresses, data, offset);
      case TP_DT -> packet(memory, micros, bus, addresses, false, data, offset, length, receiver);
      default -> packet(memory, micros, bus, addresses, true, data, offset, length, receiver);
    }
  }

  private void control(
      J1939Memory memory, long micros, String bus, int addresses, byte[] data, int at) {
    switch (data[at] & 0xFF) {
      case RTS, BAM -> {
        TransportKind kind = (data[at] & 0xFF) == BAM ? TransportKind.BAM : TransportKind.RTS;
        int size = data[at + 1] & 0xFF | (data[at + 2] & 0xFF) << 8;
        boolean sound = size <= MOST_BYTES && (data[at + 3] & 0xFF) == (size + 6) / 7;
        announce(memory, micros, bus, addresses, kind, sound ? size : 0, data, at);
      }
      case CTS -> {
        Session session = current(memory, micros, bus, reversed(addresses), false);
        again(micros, session, data[at + 1] & 0xFF, data[at + 2] & 0xFF);
      }
      case ABORT -> abort(memory, bus, addresses, false, three(data, at + 5));
      default -> {
        // The end-of-message acknowledgement, and what is reserved, changes nothing for a listener.
      }
    }
  }

  private void extendedControl(
      J1939Memory memory, long micros, String bus, int addresses, byte[] data, int at) {
    switch (data[at] & 0xFF) {
      case EXTENDED_RTS -> {
        long size = three(data, at + 1) | (data[at + 4] & 0xFFL) << 24;
        int sound = size > MOST_BYTES && size <= Integer.MAX_VALUE ? (int) size : 0;
        announce(memory, micros, bus, addresses, TransportKind.ETP, sound, data, at);
      }
      case EXTENDED_CTS -> {
        Session session = current(memory, micros, bus, reversed(addresses), true);
        again(micros, session, data[at + 1] & 0xFF, three(data, at + 2));
      }
      case EXTENDED_OFFSET -> {
        Session session = memory.find(bus, addresses, true);
        if (session == null) {
          memory.add(TransportEvent.ORPHAN);
        } else if (timedOut(memory, micros, session)) {
          memory.remove(session);
          memory.add(TransportEvent.TIMED_OUT);
        } else if (three(data, at + 2) != session.next - 1) {
          memory.remove(session);
          memory.add(TransportEvent.OUT_OF_ORDER);
        } else {
          session.offset = session.next - 1;
          session.lastMicros = micros;
        }
      }
      case ABORT -> abort(memory, bus, addresses, true, three(data, at + 5));
      default -> {
        // As above.
      }
    }
  }

  /** Either end may abort; between two units, the PGN tells which of both directions is meant. */
  private static void abort(
      J1939Memory memory, String bus, int addresses, boolean extended, int pgn) {
    memory.add(TransportEvent.ABORT);
    Session there = memory.find(bus, addresses, extended);
    Session back = memory.find(bus, reversed(addresses), extended);
    if (there != null && back != null && there.pgn != back.pgn) {
      there = back.pgn == pgn ? null : there;
      back = there != null && there.pgn == pgn ? null : back;
    }
    if (there != null) {
      memory.remove(there);
    }
    if (back != null) {
      memory.remove(back);
    }
  }

  /**
   * @param size 0 where what was announced cannot be right
   */
  private void announce(
      J1939Memory memory,
      long micros,
      String bus,
      int addresses,
      TransportKind kind,
      int size,
      byte[] data,
      int at) {
    if (memory.remove(bus, addresses, kind == TransportKind.ETP)) {
      memory.add(TransportEvent.ABANDONED);
    }
    int pgn = three(data, at + 5);
    if (size == 0) {
      memory.add(TransportEvent.MALFORMED);
    } else if (wanted.test(pgn)) {
      if (size > memory.limits.messageBytes()) {
        memory.add(TransportEvent.TOO_LARGE);
      } else {
        memory.open(new Session(bus, addresses, kind, pgn, size, micros));
      }
    }
  }

  /** The session that is open, unless it was silent for too long: then it is over. */
  private static @Nullable Session current(
      J1939Memory memory, long micros, String bus, int addresses, boolean extended) {
    Session session = memory.find(bus, addresses, extended);
    if (session != null && timedOut(memory, micros, session)) {
      memory.remove(session);
      memory.add(TransportEvent.TIMED_OUT);
      return null;
    }
    return session;
  }

  private static boolean timedOut(J1939Memory memory, long micros, Session session) {
    return micros - session.lastMicros > memory.limits.silenceMicros();
  }

  /**
   * @param packets how many the receiver is ready for; 0 holds the connection open, whatever number
   *     is said to come next
   */
  private static void again(long micros, @Nullable Session session, int packets, int next) {
    if (session != null && session.kind != TransportKind.BAM) {
      session.lastMicros = micros;
      if (packets > 0 && next > 0 && next < session.next) {
        session.next = next;
      }
    }
  }

  private static void packet(
      J1939Memory memory,
      long micros,
      String bus,
      int addresses,
      boolean extended,
      byte[] data,
      int at,
      int length,
      Receiver receiver) {
    Session session = memory.find(bus, addresses, extended);
    if (session == null) {
      memory.add(TransportEvent.ORPHAN);
      return;
    }
    if (timedOut(memory, micros, session)) {
      memory.remove(session);
      memory.add(TransportEvent.TIMED_OUT);
      return;
    }
    if ((data[at] & 0xFF) + session.offset != session.next) {
      memory.remove(session);
      memory.add(TransportEvent.OUT_OF_ORDER);
      return;
    }
    if (length - 1 < session.needed()) {
      memory.remove(session);
      memory.add(TransportEvent.MALFORMED);
      return;
    }
    if (!memory.room(session)) {
      return;
    }
    session.take(data, at + 1, Math.min(7, length - 1));
    session.lastMicros = micros;
    if (session.complete()) {
      memory.remove(session);
      receiver.message(
          micros,
          bus,
          addresses >>> 8,
          addresses & 0xFF,
          session.pgn,
          session.kind,
          session.data,
          session.size);
    }
  }

  private static int three(byte[] data, int at) {
    return data[at] & 0xFF | (data[at + 1] & 0xFF) << 8 | (data[at + 2] & 0xFF) << 16;
  }

  private static int reversed(int addresses) {
    return (addresses & 0xFF) << 8 | addresses >>> 8;
  }
}
