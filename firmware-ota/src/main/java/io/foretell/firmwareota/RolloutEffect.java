package io.foretell.firmwareota;

/** What follows from a step of a campaign. */
sealed interface RolloutEffect {

  /** The command goes to every device of the wave that waits. */
  record Offer(int wave) implements RolloutEffect {}

  /** A wave has begun. */
  record WaveStarted(int wave) implements RolloutEffect {}

  /** Nothing more is sent. */
  record Halted(String reason) implements RolloutEffect {}

  /** A person let it go on. */
  record Resumed() implements RolloutEffect {}

  /** Failed devices of the begun waves no longer count. */
  record WriteOff(int waves) implements RolloutEffect {}

  /** Failed devices of the begun waves wait once more. */
  record Retry(int waves) implements RolloutEffect {}

  /** It has ended. */
  record Ended(Rollout.State as, String reason) implements RolloutEffect {}
}
