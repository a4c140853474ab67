package io.foretell.diagnostics.j1939;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One open transport session: what was announced, and what has come of it. */
final class Session {
  private static final int PACKET = 7;
  private static final int FIRST_ROOM = 256 * PACKET;

  final String bus;

  /** Source address in bits 15–8, destination in bits 7–0. */
  final int addresses;

  final TransportKind kind;
  final int pgn;
  final int size;
  final int packets;
  byte[] data;

  /** Number of the packet that must come next, from 1; above {@code packets}: complete. */
  int next = 1;

  /** What is added to a packet's sequence number: 0 but in the extended protocol. */
  int offset;

  long lastMicros;

  /** The next one in the same bucket of the memory. */
  @Nullable Session link;

  Session(String bus, int addresses, TransportKind kind, int pgn, int size, long micros) {
    this.bus = bus;
    this.addresses = addresses;
    this.kind = kind;
    this.pgn = pgn;
    this.size = size;
    this.packets = (size + PACKET - 1) / PACKET;
    this.data = new byte[Math.min(packets * PACKET, FIRST_ROOM)];
    this.lastMicros = micros;
  }

  boolean is(String otherBus, int otherAddresses, boolean extended) {
    return addresses == otherAddresses
        && extended == (kind == TransportKind.ETP)
        && bus.equals(otherBus);
  }

  /** How many more bytes must be allocated before the next packet fits. */
  int lacking() {
    int needed = next * PACKET;
    return needed <= data.length
        ? 0
        : (int) Math.min((long) packets * PACKET, 2L * data.length) - data.length;
  }

  void grow(int bytes) {
    data = Arrays.copyOf(data, data.length + bytes);
  }

  /** Takes the next packet's seven bytes. */
  void take(byte[] from, int at) {
    System.arraycopy(from, at, data, (next - 1) * PACKET, PACKET);
    next++;
  }

  boolean complete() {
    return next > packets;
  }

  /** How many bytes have come, padding of the last packet included. */
  int come() {
    return (next - 1) * PACKET;
  }
}
