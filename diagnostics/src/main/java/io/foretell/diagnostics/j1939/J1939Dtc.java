package io.foretell.diagnostics.j1939;

/**
 * A trouble code of SAE J1939-73.
 *
 * @param spn suspect parameter number, 0–524287
 * @param fmi failure mode identifier, 0–31
 * @param occurrences 0–126; 127 where unknown
 * @param conversionMethod 0 or 1, as on the wire
 */
public record J1939Dtc(int spn, int fmi, int occurrences, int conversionMethod) {
  /** Occurrence count that says nothing. */
  public static final int OCCURRENCES_UNKNOWN = 127;
}
