package io.foretell.diagnostics.j1939;

import java.util.ArrayList;
import java.util.List;

/**
 * The monitored systems of DM5 and DM26, SAE J1939-73 clauses 5.7.5 and 5.7.26.
 *
 * <pre>
 *   byte 4   0–2 supported, 4–6 not complete: misfire, fuel, components
 *   5, 6     supported, a bit a system, least significant byte first
 *   7, 8     not complete, likewise
 * </pre>
 */
final class DmSystems {
  private static final List<String> CONTINUOUS =
      List.of("misfire", "fuel system", "comprehensive component");
  private static final List<String> OTHERS =
      List.of(
          "catalyst",
          "heated catalyst",
          "evaporative system",
          "secondary air system",
          "A/C system refrigerant",
          "exhaust gas sensor",
          "exhaust gas sensor heater",
          "EGR/VVT system",
          "cold start aid system",
          "boost pressure control system",
          "diesel particulate filter",
          "NOx converting catalyst or adsorber",
          "NMHC converting catalyst");

  private DmSystems() {}

  static List<Dm.MonitoredSystem> read(byte[] data, int offset) {
    List<Dm.MonitoredSystem> systems = new ArrayList<>(CONTINUOUS.size() + OTHERS.size());
    int b = data[offset + 3] & 0xFF;
    add(systems, CONTINUOUS, b, b >>> 4);
    int supported = data[offset + 4] & 0xFF | (data[offset + 5] & 0xFF) << 8;
    int open = data[offset + 6] & 0xFF | (data[offset + 7] & 0xFF) << 8;
    add(systems, OTHERS, supported, open);
    return systems;
  }

  private static void add(
      List<Dm.MonitoredSystem> to, List<String> names, int supported, int open) {
    for (int bit = 0; bit < names.size(); bit++) {
      boolean has = (supported >>> bit & 1) != 0;
      to.add(new Dm.MonitoredSystem(names.get(bit), has, (open >>> bit & 1) == 0));
    }
  }
}
