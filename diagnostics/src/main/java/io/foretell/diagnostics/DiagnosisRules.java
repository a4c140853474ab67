package io.foretell.diagnostics;

import io.foretell.diagnostics.episodes.EpisodeRules;
import java.time.Duration;

/**
 * What a diagnosis goes by, the same for all devices.
 *
 * @param lateness how much later than a newer report an older one may arrive, in event time, and
 *     how long to wait for it where the device is silent. Within it, order of arrival has no effect
 * @param episodes when faults are confirmed, healed and intermittent
 * @param bufferBytes how much telemetry of a device may wait for its place in time; where it is
 *     more, the oldest is taken in early
 * @param lateBeforeNewTimeline consecutive late reports after which the device's clock is taken to
 *     have stepped back, so that its timeline begins anew
 */
public record DiagnosisRules(
    Duration lateness, EpisodeRules episodes, int bufferBytes, int lateBeforeNewTimeline) {
  /** Ten seconds of lateness, ten minutes of healing. */
  public static DiagnosisRules standard() {
    return new DiagnosisRules(
        Duration.ofSeconds(10),
        new EpisodeRules(3, Duration.ofMinutes(10).toMillis(), 3, 512, 256),
        128 * 1024,
        64);
  }

  /** Refuses what cannot be followed. */
  public DiagnosisRules {
    if (lateness.isNegative() || bufferBytes < 1 || lateBeforeNewTimeline < 1) {
      throw new IllegalArgumentException("diagnosis rules out of range");
    }
  }

  /** These rules with another lateness. */
  public DiagnosisRules withLateness(Duration other) {
    return new DiagnosisRules(other, episodes, bufferBytes, lateBeforeNewTimeline);
  }

  /** These rules with another healing period. */
  public DiagnosisRules withHealingPeriod(Duration other) {
    EpisodeRules healing =
        new EpisodeRules(
            episodes.confirmAfter(),
            other.toMillis(),
            episodes.intermittentAfter(),
            episodes.maxOpen(),
            episodes.maxRemembered());
    return new DiagnosisRules(lateness, healing, bufferBytes, lateBeforeNewTimeline);
  }
}
