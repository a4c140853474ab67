package io.foretell.ingest;

import io.foretell.proto.Telemetry;
import java.util.List;

/**
 * What a payload says, as it was read and before it is judged.
 *
 * @param origin its number
 * @param values at least one in a message that says anything
 */
public record Decoded(Origin origin, List<Telemetry> values) {
  /** Copies the values. */
  public Decoded {
    values = List.copyOf(values);
  }

  /** One value. */
  public static Decoded of(Origin origin, Telemetry value) {
    return new Decoded(origin, List.of(value));
  }
}
