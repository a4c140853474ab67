package io.foretell.diagnostics.j1939;

import io.foretell.proto.Fault;

/**
 * The four lamps of a diagnostic message, two bits each: on the first byte 00 off, 01 on; on the
 * second how they flash: 00 slow (1 Hz), 01 fast (2 Hz), 11 not at all. SAE J1939-73 clause 5.7.1.
 *
 * @param protect bits 0–1
 * @param amber bits 2–3: amber warning
 * @param red bits 4–5: red stop
 * @param mil bits 6–7: malfunction indicator
 */
public record LampStates(int protect, int amber, int red, int mil) {
  private static final int ON = 1;

  /** Reads a byte. */
  public static LampStates of(int b) {
    return new LampStates(b & 3, b >>> 2 & 3, b >>> 4 & 3, b >>> 6 & 3);
  }

  /** The byte again. */
  public int toByte() {
    return mil << 6 | red << 4 | amber << 2 | protect;
  }

  /** The worst lamp that is on. */
  public Fault.Lamp worst() {
    if (red == ON) {
      return Fault.Lamp.RED_STOP;
    }
    if (mil == ON) {
      return Fault.Lamp.MALFUNCTION;
    }
    if (amber == ON) {
      return Fault.Lamp.AMBER;
    }
    return protect == ON ? Fault.Lamp.PROTECT : Fault.Lamp.NONE;
  }
}
