package io.foretell.diagnostics.obd;

import java.util.ArrayList;
import java.util.List;

/**
 * Malfunction indicator, count of codes and state of the monitors, SAE J1979 PID 01 and 41.
 *
 * <pre>
 *   A   7 MIL | 6–0 confirmed codes
 *   B   3 compression ignition | 0–2 supported, 4–6 not complete: misfire, fuel, components
 *   C   supported, a bit a monitor      D   not complete, likewise
 * </pre>
 *
 * @param mil whether the malfunction indicator is commanded on
 * @param codes how many confirmed emission-related codes
 * @param compression compression ignition (diesel); otherwise spark
 * @param monitors in the order of the bits
 */
public record Readiness(boolean mil, int codes, boolean compression, List<Monitor> monitors) {
  private static final List<String> COMMON =
      List.of("MISFIRE_MONITORING", "FUEL_SYSTEM_MONITORING", "COMPONENT_MONITORING");
  private static final List<String> SPARK =
      List.of(
          "CATALYST_MONITORING",
          "HEATED_CATALYST_MONITORING",
          "EVAPORATIVE_SYSTEM_MONITORING",
          "SECONDARY_AIR_SYSTEM_MONITORING",
          "GASOLINE_PARTICULATE_FILTER_MONITORING",
          "OXYGEN_SENSOR_MONITORING",
          "OXYGEN_SENSOR_HEATER_MONITORING",
          "EGR_VVT_SYSTEM_MONITORING");
  private static final List<String> DIESEL =
      List.of(
          "NMHC_CATALYST_MONITORING",
          "NOX_SCR_AFTERTREATMENT_MONITORING",
          "",
          "BOOST_PRESSURE_MONITORING",
          "",
          "EXHAUST_GAS_SENSOR_MONITORING",
          "PM_FILTER_MONITORING",
          "EGR_VVT_SYSTEM_MONITORING");

  /** Copies the monitors. */
  public Readiness {
    monitors = List.copyOf(monitors);
  }

  /**
   * A monitor.
   *
   * @param supported whether the vehicle has it
   * @param complete whether it ran since the codes were cleared (01) or in this drive cycle (41)
   */
  public record Monitor(String name, boolean supported, boolean complete) {}

  static Readiness of(byte[] data, int at) {
    int a = data[at] & 0xFF;
    int b = data[at + 1] & 0xFF;
    int c = data[at + 2] & 0xFF;
    int d = data[at + 3] & 0xFF;
    boolean compression = (b & 8) != 0;
    List<Monitor> monitors = new ArrayList<>();
    add(monitors, COMMON, b, b >>> 4);
    add(monitors, compression ? DIESEL : SPARK, c, d);
    return new Readiness((a & 0x80) != 0, a & 0x7F, compression, monitors);
  }

  /** The names of all monitors that any vehicle can have. */
  public static List<String> allNames() {
    List<String> names = new ArrayList<>(COMMON);
    SPARK.forEach(names::add);
    for (String name : DIESEL) {
      if (!name.isEmpty() && !names.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }

  private static void add(List<Monitor> to, List<String> names, int supported, int open) {
    for (int bit = 0; bit < names.size(); bit++) {
      if (!names.get(bit).isEmpty()) {
        boolean has = (supported >>> bit & 1) != 0;
        to.add(new Monitor(names.get(bit), has, (open >>> bit & 1) == 0));
      }
    }
  }
}
