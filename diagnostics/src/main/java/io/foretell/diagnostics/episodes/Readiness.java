package io.foretell.diagnostics.episodes;

/**
 * What one source says at a moment of its monitors and of the last time that its codes were
 * cleared: SAE J1979 services 01 and 04, SAE J1939-73 DM5, DM11, DM21, DM26.
 *
 * @param cleared whether it shows that somebody has cleared them
 * @param supported the monitors it has, a bit each ({@link Monitor#bit}); 0: nothing is said
 * @param open those of them that have not run to their end since
 * @param warmUps of the engine since they were cleared; -1: not said
 * @param kilometres since then; -1: not said
 * @param minutes of engine run time since then; -1: not said
 */
public record Readiness(
    boolean cleared, int supported, int open, int warmUps, int kilometres, int minutes) {
  /** What is not supported cannot be open. */
  public Readiness {
    open &= supported;
  }

  /** Monitors alone. */
  public static Readiness monitors(boolean cleared, int supported, int open) {
    return new Readiness(cleared, supported, open, -1, -1, -1);
  }

  /** Counters since the last clear alone; -1 for what is not said. */
  public static Readiness since(int warmUps, int kilometres, int minutes) {
    return new Readiness(false, 0, 0, warmUps, kilometres, minutes);
  }
}
