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
  private static final List<String> FUEL_SYSTEM_BANK_2 =
      List.of(
          "Open loop, bank 2: engine not warm",
          "Open loop, bank 2: load or deceleration",
          "Open loop, bank 2: system failure");
  private static final List<String> BOOST_CONTROL =
      List.of("", "Open loop", "Closed loop", "Fault: control data is not reliable");
  private static final List<String> HYBRID_MODE =
      List.of("Charge sustaining", "Charge depleting", "Charge increasing");
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

  /** What later editions of J1979-DA have added to PID 1C, from 22 on. */
  private static final List<String> LATER_COMPLIANCE =
      List.of(
          "OBD, OBD II and heavy duty OBD",
          "OBDBr-3",
          "Motorcycle EOBD I",
          "Motorcycle EOBD II",
          "Motorcycle COBD I",
          "Motorcycle TOBD I",
          "Motorcycle JOBD I",
          "China OBD 6",
          "OBDBr P7",
          "China heavy duty OBD VI",
          "IOBD I BS6",
          "IOBD II BS6",
          "India heavy duty OBD BSVI",
          "OBDBr P8",
          "Heavy duty JOBD II",
          "Heavy duty KOBD II",
          "China off-road OBD IV",
          "Light duty ZEV (CARB ACC II)",
          "Motorcycle JOBD II",
          "Motorcycle OBD (CARB)",
          "Motorcycle OBD (EPA)",
          "Motorcycle OBD (CARB and EPA)",
          "Heavy duty ZEV (CARB ZEP)",
          "Light duty ZEV (CARB ACC II, EPA Tier 4)",
          "Light duty ZEV (EPA Tier 4)",
          "Heavy duty OBD (EPA)");

  private States() {}

  /** A state in words, by the newest edition; its number where it is reserved. */
  static String word(String kind, int value) {
    String word =
        switch (kind) {
          case "fuel_system" ->
              value == 0
                  ? "Engine off"
                  : value >= 0x20
                      ? single(value >>> 5, FUEL_SYSTEM_BANK_2)
                      : single(value, FUEL_SYSTEM);
          case "secondary_air" -> single(value, SECONDARY_AIR);
          case "fuel_type" -> value == 0 ? "Not available" : at(FUEL_TYPE, value);
          case "compliance" ->
              value < COMPLIANCE.size() || value == 255
                  ? at(COMPLIANCE, value)
                  : at(LATER_COMPLIANCE, value - COMPLIANCE.size());
          case "emission_requirements" ->
              value == 0x11
                  ? "Heavy duty Euro VI"
                  : value < 0x0E || value > 0x11 ? "" : at(COMPLIANCE, value);
          case "boost_control" -> at(BOOST_CONTROL, value);
          case "hybrid_mode" -> at(HYBRID_MODE, value);
          default -> "";
        };
    return word.isEmpty() ? "reserved (" + value + ")" : word;
  }

  private static String at(List<String> words, int value) {
    return value < words.size() ? words.get(value) : "";
  }

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
