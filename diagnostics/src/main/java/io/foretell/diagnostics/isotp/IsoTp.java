package io.foretell.diagnostics.isotp;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts ISO-TP messages together, one session a (bus, identifier, extended address). Listens only.
 * Memory is bounded: so many identifiers, so many bytes a message; what was silent longest makes
 * room.
 */
public final class IsoTp {
  private static final int FLOW_BITS = 0xF0;
  private static final int FLOW = 0x30;
  private static final int OVERFLOW = 0x32;

  private static final int VERSION = 1;

  private final int mostSessions;
  private final int mostBytes;
  private final long silenceMicros;

  /** Whether what has no message under way is forgotten: then some defects go unsaid. */
  private final boolean openOnly;

  /** Least recently used first. */
  private final List<Reassembly> sessions = new ArrayList<>();

  /**
   * @param mostSessions how many identifiers are followed at once
   * @param mostBytes the longest message that is taken
   */
  public IsoTp(int mostSessions, int mostBytes) {
    this(mostSessions, mostBytes, Long.MAX_VALUE, false);
  }

  private IsoTp(int mostSessions, int mostBytes, long silenceMicros, boolean openOnly) {
    this.mostSessions = mostSessions;
    this.mostBytes = mostBytes;
    this.silenceMicros = silenceMicros;
    this.openOnly = openOnly;
  }

  /**
   * One that holds what is under way and nothing else, and gives up what is silent.
   *
   * @param mostSessions how many messages are under way at once
   * @param mostBytes the longest message that is taken
   * @param silenceMicros how long a message may stand still
   */
  public static IsoTp ofOpen(int mostSessions, int mostBytes, long silenceMicros) {
    return new IsoTp(mostSessions, mostBytes, silenceMicros, true);
  }

  /** Takes a frame with normal addressing; 29-bit mixed addressing shows in the identifier. */
  public void frame(
      String bus, int id, byte[] data, int offset, int length, Consumer<IsoTpMessage> out) {
    frame(0, bus, id, data, offset, length, out);
  }

  /**
   * Takes a frame, as above.
   *
   * @param micros its time
   */
  public void frame(
      long micros,
      String bus,
      int id,
      byte[] data,
      int offset,
      int length,
      Consumer<IsoTpMessage> out) {
    if (Addressing.isMixed(id)) {
      extendedFrame(micros, bus, id, data, offset, length, out);
    } else {
      frame(micros, bus, id, -1, data, offset, length, out);
    }
  }

  /** Takes a frame with extended or mixed addressing: its first byte is an address. */
  public void extendedFrame(
      String bus, int id, byte[] data, int offset, int length, Consumer<IsoTpMessage> out) {
    extendedFrame(0, bus, id, data, offset, length, out);
  }

  /**
   * Takes a frame with extended or mixed addressing, as above.
   *
   * @param micros its time
   */
  public void extendedFrame(
      long micros,
      String bus,
      int id,
      byte[] data,
      int offset,
      int length,
      Consumer<IsoTpMessage> out) {
    if (length > 0) {
      frame(micros, bus, id, data[offset] & 0xFF, data, offset + 1, length - 1, out);
    }
  }

  private void frame(
      long micros,
      String bus,
      int id,
      int extension,
      byte[] data,
      int offset,
      int length,
      Consumer<IsoTpMessage> out) {
    if (length > 0 && (data[offset] & 0xFF) == OVERFLOW) {
      for (int sender : Addressing.partners(id)) {
        for (Reassembly session : sessions) {
          if (session.isOn(bus, sender)) {
            session.overflow(out);
          }
        }
      }
      forgetDone();
    } else if (length == 0 || (data[offset] & FLOW_BITS) != FLOW) {
      session(micros, bus, id, extension, out).frame(micros, data, offset, length, out);
      forgetDone();
    }
  }

  private void forgetDone() {
    if (openOnly) {
      sessions.removeIf(session -> !session.isOpen());
    }
  }

  /** How many messages are under way. */
  public int openMessages() {
    return (int) sessions.stream().filter(Reassembly::isOpen).count();
  }

  /** Time of the last frame of a message that is under way on a bus, µs; least long: none. */
  public long latest(String bus) {
    return sessions.stream()
        .filter(session -> session.isOpen() && session.bus().equals(bus))
        .mapToLong(Reassembly::lastMicros)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  /**
   * Gives messages up, without a word.
   *
   * @param stale of a bus and the time of a message's last frame, µs: whether it will not go on
   */
  public void dropIf(BiPredicate<String, Long> stale) {
    sessions.removeIf(session -> stale.test(session.bus(), session.lastMicros()));
  }

  /** Writes down what is under way: version, messages, the one that was silent longest first. */
  public void pack(Packer to) {
    to.count(VERSION).count(openMessages());
    sessions.stream().filter(Reassembly::isOpen).forEach(session -> session.pack(to));
  }

  /**
   * Goes on with what {@link #pack} wrote.
   *
   * @throws InvalidInputException where that cannot be, or is more than is allowed
   */
  public void unpack(Unpacker from) {
    long version = from.count();
    int open = from.length();
    if (version != VERSION || open > mostSessions) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "ISO-TP under way: version " + version + ", messages " + open);
    }
    for (int i = 0; i < open; i++) {
      sessions.add(Reassembly.unpack(from, mostBytes));
    }
  }

  /** The capture is over: what is open is reported as incomplete. */
  public void end(Consumer<IsoTpMessage> out) {
    sessions.forEach(session -> session.end(out));
    sessions.clear();
  }

  private Reassembly session(
      long micros, String bus, int id, int extension, Consumer<IsoTpMessage> out) {
    @Nullable Reassembly session = Reassembly.find(sessions, bus, id, extension);
    if (session != null && micros - session.lastMicros() > silenceMicros) {
      sessions.remove(session);
      session.end(out);
      session = null;
    }
    if (session == null) {
      if (sessions.size() == mostSessions) {
        sessions.remove(0).end(out);
      }
      session = new Reassembly(bus, id, extension, mostBytes);
      sessions.add(session);
    } else if (sessions.get(sessions.size() - 1) != session) {
      sessions.remove(session);
      sessions.add(session);
    }
    return session;
  }
}
