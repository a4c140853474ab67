package io.foretell.proto;

import java.util.Map;

/**
 * A code that a device reports, in one normal form for every family.
 *
 * @param family {@code obd}, {@code uds}, {@code j1939}, {@code ne107}, {@code maker}, …
 * @param system the part that reports it, as the device names it ({@code sa:11}, {@code ecm});
 *     empty for the device as a whole
 * @param code the family's canonical notation: {@code P0301}, {@code U3E1B}, {@code SPN 102}
 * @param subType failure type byte (SAE J2012-DA), FMI (SAE J1939-73) or the like; -1 where none
 * @param status the eight bits of ISO 14229-1 (annex D.2); other families are mapped to them
 * @param lamp what the driver sees
 * @param count occurrences as the device counts them; 0 where unknown
 * @param freezeFrame signals at the moment of the fault
 * @param title short text for a person, in English; never empty
 */
public record Fault(
    String family,
    String system,
    String code,
    int subType,
    int status,
    Lamp lamp,
    int count,
    Map<String, Double> freezeFrame,
    String title) {
  /** ISO 14229-1 bit 0: the last test failed. */
  public static final int TEST_FAILED = 0x01;

  /** ISO 14229-1 bit 2. */
  public static final int PENDING = 0x04;

  /** ISO 14229-1 bit 3. */
  public static final int CONFIRMED = 0x08;

  /** ISO 14229-1 bit 7. */
  public static final int WARNING_INDICATOR = 0x80;

  /** Copies the freeze frame. */
  public Fault {
    freezeFrame = Map.copyOf(freezeFrame);
  }

  /** What the driver is shown, from least to worst. */
  public enum Lamp {
    NONE,
    PROTECT,
    AMBER,
    MALFUNCTION,
    RED_STOP
  }

  /** Whether the fault is there now: failed, pending or confirmed with a failing test. */
  public boolean active() {
    return (status & (TEST_FAILED | PENDING)) != 0;
  }

  /** What makes it one and the same fault over time, within its device. */
  public String identity() {
    return family
        + ":"
        + (system.isEmpty() ? "" : system + ":")
        + code
        + (subType < 0 ? "" : "/" + subType);
  }
}
