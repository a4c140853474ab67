package io.foretell.diagnostics;

import io.foretell.diagnostics.episodes.Readiness;
import io.foretell.proto.Fault;
import java.util.List;
import java.util.Optional;

/**
 * What one source within a device said of its faults at one moment.
 *
 * @param time event time, ms since 1970
 * @param source the part that spoke ({@code sa:11}, {@code ecm}); empty: the device as a whole
 * @param complete whether a fault of this source that is not named is not present
 * @param faults what it named, active or not
 * @param readiness what it said of its monitors
 */
public record Observation(
    long time, String source, boolean complete, List<Fault> faults, Optional<Readiness> readiness) {
  /** Copies the faults. */
  public Observation {
    faults = List.copyOf(faults);
  }

  /** One that says nothing of monitors. */
  public Observation(long time, String source, boolean complete, List<Fault> faults) {
    this(time, source, complete, faults, Optional.empty());
  }

  /** One that speaks of monitors alone. */
  public static Observation of(long time, String source, Readiness readiness) {
    return new Observation(time, source, false, List.of(), Optional.of(readiness));
  }
}
