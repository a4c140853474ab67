package io.foretell.firmwareota;

import java.util.List;

/**
 * Where a campaign stands.
 *
 * @param started how many waves have begun
 * @param readySince when the newest wave had shown what it must show, ms since 1970; 0: not yet
 * @param waves counts, one a wave; empty before the start
 * @param reason why it halted or ended, for a person
 * @param changedAt ms since 1970
 */
public record Rollout(
    State state,
    int started,
    long readySince,
    List<WaveCount> waves,
    String reason,
    long changedAt) {

  /** Copies the counts. */
  public Rollout {
    waves = List.copyOf(waves);
  }

  static Rollout draft(long now) {
    return new Rollout(State.DRAFT, 0, 0, List.of(), "", now);
  }

  /** Where it is in its life. Resuming leads from HALTED to RUNNING. */
  public enum State {
    DRAFT,
    RUNNING,
    /** Nothing more is sent until a person decides. */
    HALTED,
    /** A campaign with the older software took over. */
    ROLLED_BACK,
    DONE,
    CANCELLED;

    /** Whether it still holds its devices. */
    public boolean live() {
      return this == RUNNING || this == HALTED;
    }
  }
}
