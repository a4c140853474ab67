package io.foretell.diagnostics.isotp;

import java.util.ArrayList;
import java.util.List;
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

  private final int mostSessions;
  private final int mostBytes;

  /** Least recently used first. */
  private final List<Reassembly> sessions = new ArrayList<>();

  /**
   * @param mostSessions how many identifiers are followed at once
   * @param mostBytes the longest message that is taken
   */
  public IsoTp(int mostSessions, int mostBytes) {
    this.mostSessions = mostSessions;
    this.mostBytes = mostBytes;
  }

  /** Takes a frame with normal addressing; 29-bit mixed addressing shows in the identifier. */
  public void frame(
      String bus, int id, byte[] data, int offset, int length, Consumer<IsoTpMessage> out) {
    if (Addressing.isMixed(id)) {
      extendedFrame(bus, id, data, offset, length, out);
    } else {
      frame(bus, id, -1, data, offset, length, out);
    }
  }

  /** Takes a frame with extended or mixed addressing: its first byte is an address. */
  public void extendedFrame(
      String bus, int id, byte[] data, int offset, int length, Consumer<IsoTpMessage> out) {
    if (length > 0) {
      frame(bus, id, data[offset] & 0xFF, data, offset + 1, length - 1, out);
    }
  }

  private void frame(
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
    } else if (length == 0 || (data[offset] & FLOW_BITS) != FLOW) {
      session(bus, id, extension, out).frame(data, offset, length, out);
    }
  }

  /** The capture is over: what is open is reported as incomplete. */
  public void end(Consumer<IsoTpMessage> out) {
    sessions.forEach(session -> session.end(out));
    sessions.clear();
  }

  private Reassembly session(String bus, int id, int extension, Consumer<IsoTpMessage> out) {
    @Nullable Reassembly session = Reassembly.find(sessions, bus, id, extension);
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
