package io.foretell.diagnostics.obd;

import java.util.List;

/** States that SAE J1979 annex B encodes as numbers or single bits, in our own words. */
final class States {
  private static final List<String> FUEL_SYSTEM =
      List.of(
          "Open loop: engine not warm",
          "Closed loop: oxygen sensor in use",
          "Open loop: load or deceleration",
          "Open loop: system failure",
          "Closed loop: fault in an oxygen sensor");
  private static final List<String> SECONDARY_AIR =
      List.of(
          "Upstream of the catalyst",
          "Downstream of the catalyst",
          "From outside, or off",
          "On for diagnostics");
  private static final List<String> FUEL_TYPE =
      List.of(
          "",
          "Gasoline",
          "Methanol",
          "Ethanol",
          "Diesel",
          "Liquefied petroleum gas",
          "Compressed natural gas",
          "Propane",
          "Battery electric",
          "Bi-fuel, running on gasoline",
          "Bi-fuel, running on methanol",
          "Bi-fuel, running on ethanol",
          "Bi-fuel, running on liquefied petroleum gas",
          "Bi-fuel, running on compressed natural gas",
          "Bi-fuel, running on propane",
          "Bi-fuel, running on battery",
          "Bi-fuel, running on battery and combustion engine",
          "Hybrid, gasoline",
          "Hybrid, ethanol",
          "Hybrid, diesel",
          "Hybrid, running on battery",
          "Hybrid, running on battery and combustion engine",
          "Hybrid, regenerative",
          "Bi-fuel, running on diesel");
  private static final List<String> COMPLIANCE =
      List.of(
          "",
          "OBD II (CARB)",
          "OBD (EPA)",
          "OBD and OBD II",
          "OBD I",
          "No OBD",
          "EOBD",
          "EOBD and OBD II",
          "EOBD and OBD",
          "EOBD, OBD and OBD II",
          "JOBD",
          "JOBD and OBD II",
          "JOBD and EOBD",
          "JOBD, EOBD and OBD II",
          "Heavy duty Euro IV B1",
          "Heavy duty Euro V B2",
          "Heavy duty EEC",
          "Engine manufacturer diagnostics",
          "Engine manufacturer diagnostics, enhanced",
          "Heavy duty OBD, partial",
          "Heavy duty OBD",
          "World-wide harmonised OBD",
          "",
          "Heavy duty EOBD stage I",
          "Heavy duty EOBD stage I with NOx control",
          "Heavy duty EOBD stage II",
          "Heavy duty EOBD stage II with NOx control",
          "",
          "OBDBr-1",
          "OBDBr-2",
          "KOBD",
          "IOBD I",
          "IOBD II",
          "Heavy duty EOBD stage VI");

  private States() {}

  /** Fuel system status, PID 03: one bit of five may be set, for each of two systems. */
  static ObdValue fuelSystem(int first, int second) {
    String one = single(first, FUEL_SYSTEM);
    String two = single(second, FUEL_SYSTEM);
    boolean reserved = one.isEmpty() && first != 0 || two.isEmpty() && second != 0;
    return reserved || first == 0 && second == 0
        ? new ObdValue.Nothing()
        : new ObdValue.Words(List.of(one, two));
  }

  static ObdValue secondaryAir(int value) {
    return words(single(value, SECONDARY_AIR));
  }

  static ObdValue fuelType(int value) {
    return words(value < FUEL_TYPE.size() ? FUEL_TYPE.get(value) : "");
  }

  static ObdValue compliance(int value) {
    return words(value < COMPLIANCE.size() ? COMPLIANCE.get(value) : "");
  }

  /** Emission requirements, PID 5F: 0E, 0F and 10 as in PID 1C; all else is reserved. */
  static ObdValue emissionRequirements(int value) {
    return value >= 0x0E && value <= 0x10 ? compliance(value) : new ObdValue.Nothing();
  }

  private static ObdValue words(String word) {
    return word.isEmpty() ? new ObdValue.Nothing() : new ObdValue.Words(List.of(word));
  }

  private static String single(int bits, List<String> names) {
    int bit = Integer.numberOfTrailingZeros(bits);
    return Integer.bitCount(bits) == 1 && bit < names.size() ? names.get(bit) : "";
  }
}
