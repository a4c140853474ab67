package io.foretell.diagnostics.episodes;

import io.foretell.proto.Fault;

/**
 * Occurrence counters of devices. They have few bits and begin anew at their end; a tester sets
 * them to 0. J1939: 7 bits, 0–126, where 127 means that there is none (SAE J1939-73 clause 5.7.1);
 * elsewhere a byte (ISO 14229-1 annex D.1.3).
 */
final class Counters {
  private static final int J1939_VALUES = 127;
  private static final int BYTE_VALUES = 256;

  /** A counter that seems to have run through more than this part of its range was reset. */
  private static final int LIKELY = 4;

  private Counters() {}

  /** How often a fault came between two reports of it, by the device's own count. */
  static int since(Fault before, Fault now) {
    int values = now.family().equals("j1939") ? J1939_VALUES : BYTE_VALUES;
    int from = before.count();
    int to = now.count();
    if (from <= 0 || to < 0 || from == to || from >= values || to >= values) {
      return 0;
    }
    if (to > from) {
      return to - from;
    }
    int wrapped = to + values - from;
    return wrapped <= values / LIKELY ? wrapped : 0;
  }
}
