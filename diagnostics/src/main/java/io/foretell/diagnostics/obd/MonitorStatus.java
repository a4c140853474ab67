package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.episodes.Monitor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
public record MonitorStatus(
    boolean mil, int codes, boolean compression, List<MonitorStatus.Line> monitors) {
  /** Bytes that it takes. */
  static final int BYTES = 4;

  private static final List<Named> COMMON =
      List.of(
          new Named("MISFIRE_MONITORING", 0, Monitor.MISFIRE),
          new Named("FUEL_SYSTEM_MONITORING", 1, Monitor.FUEL_SYSTEM),
          new Named("COMPONENT_MONITORING", 2, Monitor.COMPONENTS));

  /** Bit 4 was the refrigerant of the air conditioning in the editions before 2014. */
  private static final List<Named> SPARK =
      List.of(
          new Named("CATALYST_MONITORING", 0, Monitor.CATALYST),
          new Named("HEATED_CATALYST_MONITORING", 1, Monitor.HEATED_CATALYST),
          new Named("EVAPORATIVE_SYSTEM_MONITORING", 2, Monitor.EVAPORATIVE),
          new Named("SECONDARY_AIR_SYSTEM_MONITORING", 3, Monitor.SECONDARY_AIR),
          new Named("GASOLINE_PARTICULATE_FILTER_MONITORING", 4, Monitor.PARTICULATE_FILTER),
          new Named("OXYGEN_SENSOR_MONITORING", 5, Monitor.EXHAUST_SENSOR),
          new Named("OXYGEN_SENSOR_HEATER_MONITORING", 6, Monitor.EXHAUST_SENSOR_HEATER),
          new Named("EGR_VVT_SYSTEM_MONITORING", 7, Monitor.EGR_VVT));

  /** Bits 2 and 4 are reserved. */
  private static final List<Named> DIESEL =
      List.of(
          new Named("NMHC_CATALYST_MONITORING", 0, Monitor.NMHC_CATALYST),
          new Named("NOX_SCR_AFTERTREATMENT_MONITORING", 1, Monitor.NOX_CATALYST),
          new Named("BOOST_PRESSURE_MONITORING", 3, Monitor.BOOST_PRESSURE),
          new Named("EXHAUST_GAS_SENSOR_MONITORING", 5, Monitor.EXHAUST_SENSOR),
          new Named("PM_FILTER_MONITORING", 6, Monitor.PARTICULATE_FILTER),
          new Named("EGR_VVT_SYSTEM_MONITORING", 7, Monitor.EGR_VVT));

  /** Copies the monitors. */
  public MonitorStatus {
    monitors = List.copyOf(monitors);
  }

  /**
   * What is said of a monitor.
   *
   * @param name as in the standard's table
   * @param monitor what it watches
   * @param supported whether the vehicle has it
   * @param complete whether it ran since the codes were cleared (01) or in this drive cycle (41)
   */
  public record Line(String name, Monitor monitor, boolean supported, boolean complete) {}

  /** A monitor at its bit. */
  private record Named(String name, int bit, Monitor monitor) {
    Line line(int supported, int open) {
      return new Line(name, monitor, (supported >>> bit & 1) != 0, (open >>> bit & 1) == 0);
    }
  }

  static MonitorStatus of(byte[] data, int at) {
    int a = data[at] & 0xFF;
    int b = data[at + 1] & 0xFF;
    int c = data[at + 2] & 0xFF;
    int d = data[at + 3] & 0xFF;
    boolean compression = (b & 8) != 0;
    List<Line> monitors = new ArrayList<>();
    COMMON.forEach(named -> monitors.add(named.line(b, b >>> 4)));
    (compression ? DIESEL : SPARK).forEach(named -> monitors.add(named.line(c, d)));
    return new MonitorStatus((a & 0x80) != 0, a & 0x7F, compression, monitors);
  }

  /** Those that the vehicle has, as bits of {@link Monitor#bit}. */
  int supported() {
    return monitors.stream().filter(Line::supported).mapToInt(MonitorStatus::bit).sum();
  }

  /** Those that the vehicle has and that have not run to their end, as bits. */
  int open() {
    return monitors.stream()
        .filter(line -> line.supported() && !line.complete())
        .mapToInt(MonitorStatus::bit)
        .sum();
  }

  private static int bit(Line line) {
    return line.monitor().bit();
  }

  /** The names of all monitors that any vehicle can have. */
  public static List<String> allNames() {
    Set<String> names = new LinkedHashSet<>();
    List.of(COMMON, SPARK, DIESEL).forEach(some -> some.forEach(named -> names.add(named.name())));
    return List.copyOf(names);
  }
}
