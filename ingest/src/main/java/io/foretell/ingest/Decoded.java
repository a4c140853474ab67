package io.foretell.ingest;

import io.foretell.proto.Telemetry;
import java.util.List;
import java.util.Optional;

/**
 * What a payload says, as it was read and before it is judged.
 *
 * @param origin its number
 * @param values at least one in a message that says anything
 * @param announced what later messages of the device refer to, in the place of what it announced
 *     before; empty where that stays
 */
public record Decoded(Origin origin, List<Telemetry> values, Optional<Announced> announced) {
  /** Copies the values. */
  public Decoded {
    values = List.copyOf(values);
  }

  /** Announces nothing. */
  public Decoded(Origin origin, List<Telemetry> values) {
    this(origin, values, Optional.empty());
  }

  /** One value. */
  public static Decoded of(Origin origin, Telemetry value) {
    return new Decoded(origin, List.of(value));
  }

  /** The same with other values. */
  Decoded with(List<Telemetry> others) {
    return new Decoded(origin, others, announced);
  }
}
