package io.foretell.diagnostics.j1939;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts multi-packet messages together, SAE J1939-21 clause 5.10: broadcast announce (BAM) and
 * connection mode (RTS/CTS), one session of a kind a (bus, source, destination), packets strictly
 * in order. It listens only; a CTS that asks for an earlier packet again takes the session back to
 * it.
 *
 * <pre>
 *   TP.CM  00EC00   16 RTS    size LE16, packets, most a CTS, PGN LE24
 *                   17 CTS    packets, next, FF FF, PGN
 *                   19 end    size, packets, FF, PGN
 *                   32 BAM    size, packets, FF, PGN
 *                  255 abort  reason, FF FF FF, PGN
 *   TP.DT  00EB00   sequence 1–255, seven bytes
 * </pre>
 */
public final class Transport {
  private static final int RTS = 16;
  private static final int CTS = 17;
  private static final int BAM = 32;
  private static final int ABORT = 255;
  private static final int MOST_BYTES = 1785;

  /** The longest silence the standard knows (T2, T3), twice: loggers stamp late. */
  private static final long SILENCE_MICROS = 2_500_000;

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
        boolean broadcast,
        byte[] data,
        int length);
  }

  /** Whether a 29-bit identifier is one of the transport protocol's. */
  public static boolean isTransport(int id) {
    int pf = id & 0x03FF0000;
    return pf == 0x00EC0000 || pf == 0x00EB0000;
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
    if (length < 8) {
      memory.add(TransportEvent.MALFORMED);
    } else if ((id & 0x00FF0000) == 0x00EC0000) {
      control(memory, micros, bus, id, data, offset);
    } else {
      packet(memory, micros, bus, id, data, offset, receiver);
    }
  }

  private void control(J1939Memory memory, long micros, String bus, int id, byte[] data, int at) {
    int addresses = addresses(id);
    switch (data[at] & 0xFF) {
      case RTS -> announce(memory, micros, bus, addresses, false, data, at);
      case BAM -> announce(memory, micros, bus, addresses, true, data, at);
      case CTS -> again(memory, micros, bus, reversed(addresses), data[at + 2] & 0xFF);
      case ABORT -> {
        memory.add(TransportEvent.ABORT);
        memory.remove(bus, addresses);
        memory.remove(bus, reversed(addresses));
      }
      default -> {
        // The end-of-message acknowledgement, and what is reserved, changes nothing for a listener.
      }
    }
  }

  private void announce(
      J1939Memory memory,
      long micros,
      String bus,
      int addresses,
      boolean broadcast,
      byte[] data,
      int at) {
    if (memory.remove(bus, addresses)) {
      memory.add(TransportEvent.ABANDONED);
    }
    int size = data[at + 1] & 0xFF | (data[at + 2] & 0xFF) << 8;
    int packets = data[at + 3] & 0xFF;
    int pgn = data[at + 5] & 0xFF | (data[at + 6] & 0xFF) << 8 | (data[at + 7] & 0xFF) << 16;
    if (size == 0 || size > MOST_BYTES || packets != (size + 6) / 7) {
      memory.add(TransportEvent.MALFORMED);
    } else if (wanted.test(pgn)) {
      memory.open(new Session(bus, addresses, broadcast, pgn, size, packets, micros));
    }
  }

  private static void again(J1939Memory memory, long micros, String bus, int addresses, int next) {
    Session session = memory.find(bus, addresses);
    if (session != null && !session.broadcast) {
      session.lastMicros = micros;
      if (next > 0 && next < session.next) {
        session.next = next;
      }
    }
  }

  private static void packet(
      J1939Memory memory, long micros, String bus, int id, byte[] data, int at, Receiver receiver) {
    int addresses = addresses(id);
    @Nullable Session session = memory.find(bus, addresses);
    if (session == null) {
      memory.add(TransportEvent.ORPHAN);
      return;
    }
    if (micros - session.lastMicros > SILENCE_MICROS) {
      memory.sessions.remove(session);
      memory.add(TransportEvent.TIMED_OUT);
      return;
    }
    if ((data[at] & 0xFF) != session.next) {
      memory.sessions.remove(session);
      memory.add(TransportEvent.OUT_OF_ORDER);
      return;
    }
    System.arraycopy(data, at + 1, session.data, (session.next - 1) * 7, 7);
    session.lastMicros = micros;
    if (session.next++ == session.packets) {
      memory.sessions.remove(session);
      receiver.message(
          micros,
          bus,
          addresses >>> 8,
          addresses & 0xFF,
          session.pgn,
          session.broadcast,
          session.data,
          session.size);
    }
  }

  private static int addresses(int id) {
    return (id & 0xFF) << 8 | id >>> 8 & 0xFF;
  }

  private static int reversed(int addresses) {
    return (addresses & 0xFF) << 8 | addresses >>> 8;
  }
}
