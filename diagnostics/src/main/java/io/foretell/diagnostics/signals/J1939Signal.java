package io.foretell.diagnostics.signals;

/**
 * A parameter of SAE J1939-71 with its place in a parameter group. Little endian, unsigned.
 *
 * @param spn suspect parameter number
 * @param group parameter group number
 * @param start first bit, bit 0 of byte 1 being 0
 * @param bits 2–32
 * @param factor value = raw × factor + offset
 * @param unit of the value
 * @param name COVESA VSS name, or {@code j1939.spn.190} where VSS has none
 */
public record J1939Signal(
    int spn,
    int group,
    int start,
    int bits,
    double factor,
    double offset,
    String unit,
    String name) {
  /** SAE J1939-71 table 1: above these, a raw value is an indicator, an error or not available. */
  private static final int LAST_VALID_BYTE = 0xFA;

  /** What a raw value stands for; NaN where it is none (SAE J1939-71 clause 5.1.4, table 1). */
  public double value(long raw) {
    return valid(raw, bits) ? raw * factor + offset : Double.NaN;
  }

  /** Whether a raw value of that many bits is one. */
  static boolean valid(long raw, int bits) {
    if (bits >= Byte.SIZE && bits % Byte.SIZE == 0) {
      return raw >>> bits - Byte.SIZE <= LAST_VALID_BYTE;
    }
    return bits == 1 || raw < (1L << bits) - 2;
  }
}
