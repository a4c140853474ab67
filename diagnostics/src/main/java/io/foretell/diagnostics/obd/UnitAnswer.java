package io.foretell.diagnostics.obd;

/**
 * One control unit's answer, put together.
 *
 * @param unit its identifier or address as the tester printed it, in upper case; empty where it
 *     printed none
 * @param bytes from the service identifier on
 * @param doubt what of its header or checksum does not fit; empty where nothing is known to be
 *     wrong
 */
public record UnitAnswer(String unit, byte[] bytes, String doubt) {
  /** An answer without doubt. */
  public UnitAnswer(String unit, byte[] bytes) {
    this(unit, bytes, "");
  }
}
