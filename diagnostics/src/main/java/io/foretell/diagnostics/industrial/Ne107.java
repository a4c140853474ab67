package io.foretell.diagnostics.industrial;

import io.foretell.proto.Fault;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Arrays;
import java.util.Locale;

/**
 * The status signals of NAMUR NE 107 (2017), from least to worst. Every family of this package is
 * brought down to them.
 */
public enum Ne107 {
  /** The device and its value are in order. */
  GOOD("", "green", Fault.Lamp.NONE, 0),
  /** It works; its wear reserve is nearly used up. */
  MAINTENANCE_REQUIRED("M", "blue", Fault.Lamp.PROTECT, Fault.TEST_FAILED | Fault.CONFIRMED),
  /** Its value may deviate: used outside of its limits. */
  OUT_OF_SPECIFICATION("S", "yellow", Fault.Lamp.AMBER, Fault.TEST_FAILED | Fault.CONFIRMED),
  /** Its value is for now not valid: someone works on it. */
  FUNCTION_CHECK("C", "orange", Fault.Lamp.PROTECT, Fault.TEST_FAILED | Fault.CONFIRMED),
  /** Its value is not valid. */
  FAILURE(
      "F",
      "red",
      Fault.Lamp.MALFUNCTION,
      Fault.TEST_FAILED | Fault.CONFIRMED | Fault.WARNING_INDICATOR);

  private final String letter;
  private final String colour;
  private final Fault.Lamp lamp;
  private final int status;

  Ne107(String letter, String colour, Fault.Lamp lamp, int status) {
    this.letter = letter;
    this.colour = colour;
    this.lamp = lamp;
    this.status = status;
  }

  /** F, C, S or M; empty where all is good. */
  public String letter() {
    return letter;
  }

  /** The colour of its symbol. */
  public String colour() {
    return colour;
  }

  /** What a person at the device would be shown. */
  public Fault.Lamp lamp() {
    return lamp;
  }

  /** As a status byte of ISO 14229-1. */
  public int status() {
    return status;
  }

  /** The worse of two. */
  public Ne107 or(Ne107 other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /**
   * Reads a letter, a name in any spelling ({@code out of specification}) or a colour.
   *
   * @throws InvalidInputException where it is none
   */
  public static Ne107 of(String text) {
    String plain = text.strip().toUpperCase(Locale.ROOT).replaceAll("[^A-Z]+", "_");
    return Arrays.stream(values())
        .filter(
            signal ->
                signal.name().equals(plain)
                    || signal.letter.equals(plain) && !plain.isEmpty()
                    || signal.colour.equalsIgnoreCase(plain)
                    || signal.name().startsWith(plain + "_")
                    || signal.name().replace("SPECIFICATION", "SPEC").equals(plain))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    ReasonCode.UNKNOWN_CODE_FORM, "no NE107 signal: " + Texts.cut(text)));
  }
}
