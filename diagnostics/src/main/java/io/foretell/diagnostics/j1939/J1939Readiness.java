package io.foretell.diagnostics.j1939;

import io.foretell.diagnostics.episodes.Monitor;
import io.foretell.diagnostics.episodes.Readiness;

/** What DM5, DM21, DM26 and the answer to a DM11 say of monitors and clears, SAE J1939-73. */
final class J1939Readiness {
  static final int DM5 = 65230;
  static final int DM26 = 64952;

  /** Clauses 5.7.11; DM3 (65228) clears what is not active any more and proves nothing. */
  private static final int DM11 = 65235;

  private static final int LAST_VALID = 0xFAFF;
  private static final int LAST_VALID_BYTE = 0xFA;
  private static final int OTHERS = 0x1FFF;

  private J1939Readiness() {}

  /**
   * Monitors (clause 5.7.5). No code, active or before, while some have not run: they were cleared.
   * A unit that fills what it does not have with ones says nothing.
   */
  static Readiness dm5(byte[] data, int at) {
    int continuous = data[at + 3] & 0xFF;
    int others = two(data, at + 4);
    if (continuous == 0xFF || others == 0xFFFF) {
      return Readiness.monitors(false, 0, 0);
    }
    int shift = Monitor.CATALYST.ordinal();
    int supported = continuous & Monitor.CONTINUOUS | (others & OTHERS) << shift;
    int open = continuous >>> 4 & Monitor.CONTINUOUS | (two(data, at + 6) & OTHERS) << shift;
    boolean none = data[at] == 0 && data[at + 1] == 0;
    return Readiness.monitors(
        none && (open & supported & ~Monitor.CONTINUOUS) != 0, supported, open);
  }

  /** Warm-ups (clause 5.7.26); its monitors are those of this start of the engine. */
  static Readiness dm26(byte[] data, int at) {
    int warmUps = data[at + 2] & 0xFF;
    return Readiness.since(warmUps > LAST_VALID_BYTE ? -1 : warmUps, -1, -1);
  }

  /** Kilometres and minutes since the codes were cleared (clause 5.7.21). */
  static Readiness dm21(byte[] data, int at) {
    return Readiness.since(-1, valid(two(data, at + 2)), valid(two(data, at + 6)));
  }

  /** Whether an acknowledgement (SAE J1939-21 clause 5.4.4) is a positive one of DM11. */
  static boolean isCleared(byte[] data, int at) {
    int pgn = two(data, at + 5) | (data[at + 7] & 0xFF) << 16;
    return data[at] == 0 && pgn == DM11;
  }

  private static int valid(int value) {
    return value > LAST_VALID ? -1 : value;
  }

  private static int two(byte[] data, int at) {
    return data[at] & 0xFF | (data[at + 1] & 0xFF) << 8;
  }
}
