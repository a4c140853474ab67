package io.foretell.diagnostics;

import io.foretell.proto.Fault;
import java.util.List;

/**
 * What one source within a device said of its faults at one moment.
 *
 * @param time event time, ms since 1970
 * @param source the part that spoke ({@code sa:11}, {@code ecm}); empty: the device as a whole
 * @param complete whether a fault of this source that is not named is not present
 * @param faults what it named, active or not
 */
public record Observation(long time, String source, boolean complete, List<Fault> faults) {
  /** Copies the faults. */
  public Observation {
    faults = List.copyOf(faults);
  }
}
