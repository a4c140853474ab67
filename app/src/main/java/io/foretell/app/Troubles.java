package io.foretell.app;

import io.foretell.app.http.DeviceStates;
import io.foretell.diagnostics.DiagnosisState.Trouble;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What the diagnosis could not take in as it should, summed over all devices. It walks through all
 * states, so it counts anew only where the last count is older than {@link #FRESH}.
 */
final class Troubles {
  /** How old a count may be. */
  static final Duration FRESH = Duration.ofSeconds(10);

  private final DeviceStates states;
  private final InstantSource clock;
  private Trouble sum = new Trouble(0, 0, 0, 0);
  private long countedAt = Long.MIN_VALUE;

  Troubles(DeviceStates states, InstantSource clock) {
    this.states = states;
    this.clock = clock;
  }

  /** The sums; blocks on storage where they are old. */
  synchronized Trouble sum() {
    long now = clock.millis();
    if (countedAt == Long.MIN_VALUE || now - countedAt > FRESH.toMillis()) {
      sum = counted();
      countedAt = now;
    }
    return sum;
  }

  private Trouble counted() {
    Trouble[] all = {new Trouble(0, 0, 0, 0)};
    states.each((device, known) -> all[0] = plus(all[0], known.diagnosis().trouble()));
    return all[0];
  }

  private static Trouble plus(Trouble a, Trouble b) {
    return new Trouble(
        a.late() + b.late(),
        a.early() + b.early(),
        a.newTimelines() + b.newTimelines(),
        a.refusedFaults() + b.refusedFaults());
  }
}
