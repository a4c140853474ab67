package io.foretell.diagnostics.uds;

import io.foretell.diagnostics.codes.J2012;
import java.util.ArrayList;
import java.util.List;

/** What the single bytes of a trouble code say, ISO 14229-1 annex D, in words. */
public final class Dtcs {
  private static final List<String> CLASSES =
      List.of("no class", "class A", "class B1", "class B2", "class C");

  private Dtcs() {}

  /** The letter form of a three-byte code. */
  static String letters(int dtc) {
    return J2012.lettersWithType(dtc);
  }

  /** The DTC format identifier, annex D.4. */
  public static String format(int format) {
    return switch (format) {
      case 0 -> "SAE J2012-DA, format 00";
      case 1 -> "ISO 14229-1";
      case 2 -> "SAE J1939-73";
      case 3 -> "ISO 11992-4";
      case 4 -> "SAE J2012-DA, format 04";
      default -> "reserved";
    };
  }

  /** The functional group identifier, annex D.5. */
  public static String group(int group) {
    return switch (group) {
      case 0x33 -> "emissions system group";
      case 0xD0 -> "safety system group";
      case 0xFE -> "VOBD system";
      default -> "reserved, or of a legislation";
    };
  }

  /** A severity byte, annex D.3: when to check, and the class of GTR 5 (WWH-OBD). */
  public static List<String> severity(int severity) {
    List<String> words = new ArrayList<>();
    if ((severity & 0x80) != 0) {
      words.add("check immediately");
    }
    if ((severity & 0x40) != 0) {
      words.add("check at next halt");
    }
    if ((severity & 0x20) != 0) {
      words.add("maintenance only");
    }
    for (int bit = 0; bit < CLASSES.size(); bit++) {
      if ((severity >>> bit & 1) != 0) {
        words.add(CLASSES.get(bit));
      }
    }
    return words;
  }

  /** A fault detection counter, clause 12.3 and annex D.6: how far a test is from its verdict. */
  public static String detection(int counter) {
    if (counter == 127) {
      return "test failed";
    }
    if (counter == -128) {
      return "test passed";
    }
    return counter > 0 ? "prefailed" : counter < 0 ? "prepassed" : "no verdict yet";
  }
}
