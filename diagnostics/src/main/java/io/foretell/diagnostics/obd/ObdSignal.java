package io.foretell.diagnostics.obd;

/**
 * One value within an answer, under the short name that SAE J1979-DA gives it for display.
 *
 * @param id the short name: {@code RPM}, {@code SHRTFT11}
 * @param number the value; not a number where it is a state
 * @param text the state in words; empty where it is a number
 * @param unit unit; {@code flag} for yes and no (1, 0)
 * @param name what it is, in words
 */
public record ObdSignal(String id, double number, String text, String unit, String name) {
  /** The unit of values that say yes or no. */
  public static final String FLAG = "flag";
}
