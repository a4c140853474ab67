package io.foretell.diagnostics.j1939;

/** One open transport session: what was announced, and what has come of it. */
final class Session {
  final String bus;

  /** Source address in bits 15–8, destination in bits 7–0. */
  final int addresses;

  final boolean broadcast;
  final int pgn;
  final int packets;
  final byte[] data;
  final int size;

  /** Sequence number that must come next, 1–255; above {@code packets}: complete. */
  int next = 1;

  long lastMicros;

  Session(
      String bus, int addresses, boolean broadcast, int pgn, int size, int packets, long micros) {
    this.bus = bus;
    this.addresses = addresses;
    this.broadcast = broadcast;
    this.pgn = pgn;
    this.size = size;
    this.packets = packets;
    this.data = new byte[packets * 7];
    this.lastMicros = micros;
  }
}
