package io.foretell.diagnostics.obd;

import java.util.Locale;

/**
 * One result of an on-board monitoring test, service 06 (or 05 on older buses).
 *
 * @param monitor monitor identifier (CAN) or test identifier (older buses)
 * @param monitorName in words
 * @param test test identifier
 * @param testName in words where it is one of the standard's
 * @param scaling unit and scaling identifier; -1 where the answer has none
 * @param value scaled; likewise the limits, which are not a number where there is none
 * @param unit empty where the scaling is not known: raw numbers
 */
public record MonitorTest(
    int monitor,
    String monitorName,
    int test,
    String testName,
    int scaling,
    double value,
    double minimum,
    double maximum,
    String unit) {
  /** Whether the value is within its limits. */
  public boolean passed() {
    return !(value < minimum) && !(value > maximum);
  }

  /** A monitor identifier in words, SAE J1979 annex D. */
  static String monitorName(int id) {
    if (id >= 0x01 && id <= 0x10) {
      return "oxygen sensor" + bank((id - 1) / 4, (id - 1) % 4);
    }
    if (id >= 0x41 && id <= 0x50) {
      return "oxygen sensor heater" + bank((id - 0x41) / 4, (id - 0x41) % 4);
    }
    if (id >= 0xA2 && id <= 0xAD) {
      return "misfire, cylinder " + (id - 0xA1);
    }
    return switch (id) {
      case 0x21, 0x22, 0x23, 0x24 -> "catalyst, bank " + (id - 0x20);
      case 0x31, 0x32, 0x33, 0x34 -> "EGR, bank " + (id - 0x30);
      case 0x35, 0x36, 0x37, 0x38 -> "VVT, bank " + (id - 0x34);
      case 0x39 -> "evaporative system, cap off or 0.150 inch";
      case 0x3A -> "evaporative system, 0.090 inch";
      case 0x3B -> "evaporative system, 0.040 inch";
      case 0x3C -> "evaporative system, 0.020 inch";
      case 0x3D -> "purge flow";
      case 0x61, 0x62, 0x63, 0x64 -> "heated catalyst, bank " + (id - 0x60);
      case 0x71, 0x72, 0x73, 0x74 -> "secondary air " + (id - 0x70);
      case 0x81, 0x82, 0x83, 0x84 -> "fuel system, bank " + (id - 0x80);
      case 0x85, 0x86 -> "boost pressure control, bank " + (id - 0x84);
      case 0x90, 0x91 -> "NOx adsorber, bank " + (id - 0x8F);
      case 0x98, 0x99 -> "NOx catalyst, bank " + (id - 0x97);
      case 0xA1 -> "misfire, all cylinders";
      case 0xB0, 0xB1 -> "particulate filter, bank " + (id - 0xAF);
      default -> String.format(Locale.ROOT, "monitor %02X", id);
    };
  }

  private static String bank(int bank, int sensor) {
    return ", bank " + (bank + 1) + " sensor " + (sensor + 1);
  }

  /** A test identifier in words, SAE J1979 annexes C and D; those from 80 up are the maker's. */
  static String testName(int id) {
    return switch (id) {
      case 0x01 -> "rich to lean threshold voltage";
      case 0x02 -> "lean to rich threshold voltage";
      case 0x03 -> "low voltage for switch time";
      case 0x04 -> "high voltage for switch time";
      case 0x05 -> "rich to lean switch time";
      case 0x06 -> "lean to rich switch time";
      case 0x07 -> "minimum voltage of the test cycle";
      case 0x08 -> "maximum voltage of the test cycle";
      case 0x09 -> "time between transitions";
      case 0x0A -> "sensor period";
      case 0x0B -> "misfires, average of ten driving cycles";
      case 0x0C -> "misfires, last or current driving cycle";
      default -> String.format(Locale.ROOT, "test %02X", id);
    };
  }
}
