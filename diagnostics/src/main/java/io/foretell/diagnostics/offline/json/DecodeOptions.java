package io.foretell.diagnostics.offline.json;

import io.foretell.diagnostics.j1939.SpnConversion;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How offline decoding is to be done.
 *
 * @param explain each answer has a field {@code explain}: bytes, rule and clause, step by step
 * @param all every message that can be decoded, not only those with trouble codes
 * @param definition a file that says what the standard leaves to the maker (UDS: DIDs and records;
 *     NMEA 2000: a PGN list)
 * @param conversions J1939 source address to the SPN conversion version that it uses
 */
public record DecodeOptions(
    boolean explain,
    boolean all,
    Optional<Path> definition,
    Map<Integer, SpnConversion> conversions) {
  /** Nothing asked for. */
  public static final DecodeOptions PLAIN =
      new DecodeOptions(false, false, Optional.empty(), Map.of());

  /** Copies the conversions. */
  public DecodeOptions {
    conversions = Map.copyOf(conversions);
  }
}
