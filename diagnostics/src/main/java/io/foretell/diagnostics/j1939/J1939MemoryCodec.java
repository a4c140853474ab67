package io.foretell.diagnostics.j1939;

import io.foretell.proto.Codec;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a {@link J1939Memory}.
 *
 * <pre>
 *   version 1 | n counts | n × count (8) | sessions (1)
 *   session: bus length (1) | bus | addresses (2) | broadcast (1) | PGN (4) | size (2) |
 *            next (1) | last µs (8) | the (next - 1) × 7 bytes that have come
 * </pre>
 */
enum J1939MemoryCodec implements Codec<J1939Memory> {
  INSTANCE;

  private static final byte VERSION = 1;
  private static final int SESSION_BYTES = 1 + 2 + 1 + 4 + 2 + 1 + 8;

  @Override
  public byte[] encode(J1939Memory memory) {
    int size = 3 + memory.counts.length * Long.BYTES;
    for (Session session : memory.sessions) {
      size += SESSION_BYTES + bus(session).length + (session.next - 1) * 7;
    }
    ByteBuffer to = ByteBuffer.allocate(size).put(VERSION).put((byte) memory.counts.length);
    for (long count : memory.counts) {
      to.putLong(count);
    }
    to.put((byte) memory.sessions.size());
    memory.sessions.forEach(session -> put(to, session));
    return to.array();
  }

  @Override
  public J1939Memory decode(byte[] bytes) {
    J1939Memory memory = new J1939Memory();
    ByteBuffer from = ByteBuffer.wrap(bytes);
    try {
      if (from.get() != VERSION) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "memory of J1939: version");
      }
      int counts = from.get() & 0xFF;
      for (int i = 0; i < counts; i++) {
        long count = from.getLong();
        if (i < memory.counts.length) {
          memory.counts[i] = count;
        }
      }
      int sessions = from.get() & 0xFF;
      for (int i = 0; i < sessions; i++) {
        memory.open(session(from));
      }
    } catch (BufferUnderflowException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "memory of J1939: cut off");
    }
    return memory;
  }

  private static void put(ByteBuffer to, Session session) {
    byte[] bus = bus(session);
    to.put((byte) bus.length).put(bus);
    to.putShort((short) session.addresses).put((byte) (session.broadcast ? 1 : 0));
    to.putInt(session.pgn).putShort((short) session.size).put((byte) (session.next - 1));
    to.putLong(session.lastMicros).put(session.data, 0, (session.next - 1) * 7);
  }

  private static Session session(ByteBuffer from) {
    byte[] bus = new byte[from.get() & 0xFF];
    from.get(bus);
    int addresses = from.getShort() & 0xFFFF;
    boolean broadcast = from.get() != 0;
    int pgn = from.getInt();
    int size = from.getShort() & 0xFFFF;
    int come = from.get() & 0xFF;
    long lastMicros = from.getLong();
    int packets = (size + 6) / 7;
    if (packets > 255 || come >= packets) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "memory of J1939: session");
    }
    Session session =
        new Session(
            new String(bus, StandardCharsets.UTF_8),
            addresses,
            broadcast,
            pgn,
            size,
            packets,
            lastMicros);
    from.get(session.data, 0, come * 7);
    session.next = come + 1;
    return session;
  }

  private static byte[] bus(Session session) {
    byte[] name = session.bus.getBytes(StandardCharsets.UTF_8);
    return name.length < 256 ? name : Arrays.copyOf(name, 255);
  }
}
