package io.foretell.diagnostics.j1939;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.Codec;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of a {@link J1939Memory}: version, counts, sessions with the bytes that have come. What
 * an older version wrote is read as a memory of nothing: a session lives for seconds.
 */
enum J1939MemoryCodec implements Codec<J1939Memory> {
  INSTANCE;

  private static final int VERSION = 2;
  private static final int PACKET = 7;

  @Override
  public byte[] encode(J1939Memory memory) {
    Packer to = new Packer().count(VERSION).count(memory.counts.length);
    for (long count : memory.counts) {
      to.count(count);
    }
    to.count(memory.openSessions());
    memory.forEach(session -> put(to, session));
    return to.toBytes();
  }

  @Override
  public J1939Memory decode(byte[] bytes) {
    J1939Memory memory = new J1939Memory();
    Unpacker from = new Unpacker(bytes);
    long version = from.count();
    if (version < VERSION) {
      return memory;
    }
    if (version > VERSION) {
      throw broken("version");
    }
    int counts = from.length();
    for (int i = 0; i < counts; i++) {
      long count = from.counter();
      if (i < memory.counts.length) {
        memory.counts[i] = count;
      }
    }
    int sessions = from.length();
    List<Session> open = new ArrayList<>();
    for (int i = 0; i < sessions; i++) {
      open.add(session(from, memory.limits));
    }
    // A session is put before those that are there: so they come to stand as they stood.
    for (int i = sessions - 1; i >= 0; i--) {
      memory.open(open.get(i));
    }
    return memory;
  }

  private static void put(Packer to, Session session) {
    to.text(session.bus).count(session.addresses).count(session.kind.ordinal());
    to.count(session.pgn).count(session.size).count(session.offset).number(session.lastMicros);
    to.bytes(Arrays.copyOf(session.data, session.come()));
  }

  private static Session session(Unpacker from, TransportLimits limits) {
    String bus = from.text();
    long addresses = from.count();
    TransportKind kind = from.oneOf(TransportKind.values());
    long pgn = from.count();
    long size = from.count();
    long offset = from.count();
    long lastMicros = from.number();
    byte[] come = from.bytes();
    if (addresses > 0xFFFF
        || pgn > 0xFFFFFF
        || offset > 0xFFFFFF
        || size == 0
        || size > limits.messageBytes()
        || come.length >= size
        || come.length % PACKET != 0) {
      throw broken("session");
    }
    Session session = new Session(bus, (int) addresses, kind, (int) pgn, (int) size, lastMicros);
    session.offset = (int) offset;
    for (int at = 0; at < come.length; at += PACKET) {
      session.grow(session.lacking());
      session.take(come, at, PACKET);
    }
    return session;
  }

  private static InvalidInputException broken(String what) {
    return new InvalidInputException(ReasonCode.WRONG_SHAPE, "memory of J1939: " + what);
  }
}
