package io.foretell.diagnostics.episodes;

import io.foretell.proto.Fault;

/**
 * A system that an engine's control unit watches, SAE J1939-73 clauses 5.7.5 and 5.7.26 in the
 * order of their bits; those of SAE J1979 are among them.
 */
public enum Monitor {
  MISFIRE,
  FUEL_SYSTEM,
  COMPONENTS,
  CATALYST,
  HEATED_CATALYST,
  EVAPORATIVE,
  SECONDARY_AIR,
  AIR_CONDITIONING,
  EXHAUST_SENSOR,
  EXHAUST_SENSOR_HEATER,
  EGR_VVT,
  COLD_START_AID,
  BOOST_PRESSURE,
  PARTICULATE_FILTER,
  NOX_CATALYST,
  NMHC_CATALYST;

  /** Those that run all the time: misfire, fuel system, components. */
  public static final int CONTINUOUS = 7;

  private static final int ALL = -1;
  private static final String SPN = "SPN ";

  /**
   * First and last code of SAE J2012 (hex digits behind the P), and the monitors that watch it; by
   * the titles of the codes, where these name the monitor's system and nothing else.
   */
  private static final int[][] CODES = {
    {0x0010, 0x0015, EGR_VVT.bit()},
    {0x0020, 0x0025, EGR_VVT.bit()},
    {0x0030, 0x0032, EXHAUST_SENSOR_HEATER.bit()},
    {0x0036, 0x0038, EXHAUST_SENSOR_HEATER.bit()},
    {0x0042, 0x0044, EXHAUST_SENSOR_HEATER.bit()},
    {0x0050, 0x0059, EXHAUST_SENSOR_HEATER.bit()},
    {0x0060, 0x0064, EXHAUST_SENSOR_HEATER.bit()},
    {0x0130, 0x0134, EXHAUST_SENSOR.bit()},
    {0x0135, 0x0135, EXHAUST_SENSOR_HEATER.bit()},
    {0x0136, 0x0140, EXHAUST_SENSOR.bit()},
    {0x0141, 0x0141, EXHAUST_SENSOR_HEATER.bit()},
    {0x0142, 0x0146, EXHAUST_SENSOR.bit()},
    {0x0147, 0x0147, EXHAUST_SENSOR_HEATER.bit()},
    {0x014A, 0x0154, EXHAUST_SENSOR.bit()},
    {0x0155, 0x0155, EXHAUST_SENSOR_HEATER.bit()},
    {0x0156, 0x015D, EXHAUST_SENSOR.bit()},
    {0x0160, 0x0160, EXHAUST_SENSOR.bit()},
    {0x0161, 0x0161, EXHAUST_SENSOR_HEATER.bit()},
    {0x0170, 0x0175, FUEL_SYSTEM.bit()},
    {0x0234, 0x0234, BOOST_PRESSURE.bit()},
    {0x0299, 0x0299, BOOST_PRESSURE.bit()},
    {0x0300, 0x0309, MISFIRE.bit()},
    {0x0310, 0x0314, MISFIRE.bit()},
    {0x0316, 0x0316, MISFIRE.bit()},
    {0x0400, 0x0409, EGR_VVT.bit()},
    {0x0410, 0x0419, SECONDARY_AIR.bit()},
    {0x0420, 0x0422, CATALYST.bit() | NMHC_CATALYST.bit()},
    {0x0423, 0x0424, HEATED_CATALYST.bit()},
    {0x042E, 0x042F, EGR_VVT.bit()},
    {0x0430, 0x0432, CATALYST.bit() | NMHC_CATALYST.bit()},
    {0x0433, 0x0434, HEATED_CATALYST.bit()},
    {0x0440, 0x0449, EVAPORATIVE.bit()},
    {0x0450, 0x0459, EVAPORATIVE.bit()},
    {0x045A, 0x045F, EGR_VVT.bit()},
    {0x0496, 0x0499, EVAPORATIVE.bit()},
    {0x2000, 0x2001, NOX_CATALYST.bit()},
    {0x2002, 0x2003, PARTICULATE_FILTER.bit()},
    {0x20EE, 0x20EF, NOX_CATALYST.bit()},
  };

  /** The same of suspect parameters: misfire of cylinders, EGR flow, soot, SCR efficiency. */
  private static final int[][] PARAMETERS = {
    {1322, 1334, MISFIRE.bit()},
    {2659, 2659, EGR_VVT.bit()},
    {3251, 3251, PARTICULATE_FILTER.bit()},
    {3719, 3719, PARTICULATE_FILTER.bit()},
    {4364, 4364, NOX_CATALYST.bit()},
  };

  /** Its place in a mask of monitors. */
  public int bit() {
    return 1 << ordinal();
  }

  /** Whether a code is one of those that SAE J2012 has for engine and drive. */
  static boolean isPowertrain(Fault fault) {
    return (fault.family().equals("obd") || fault.family().equals("uds"))
        && fault.code().length() == 5
        && fault.code().charAt(0) == 'P';
  }

  /**
   * The monitors that must have run before a fault is known to be gone, of those that there are:
   * the ones that watch its system, and that of components, which watches everybody's circuits; or
   * all of them where none of these watches it.
   */
  static int watching(Fault fault, int supported) {
    int watching = ALL;
    if (isPowertrain(fault)) {
      watching = among(CODES, number(fault.code().substring(1), 16));
    } else if (fault.family().equals("j1939") && fault.code().startsWith(SPN)) {
      watching = among(PARAMETERS, number(fault.code().substring(SPN.length()), 10));
    }
    return (watching & supported) == 0 ? supported : (watching | COMPONENTS.bit()) & supported;
  }

  private static int number(String digits, int radix) {
    try {
      return Integer.parseInt(digits, radix);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static int among(int[][] ranges, int number) {
    for (int[] range : ranges) {
      if (number >= range[0] && number <= range[1]) {
        return range[2];
      }
    }
    return ALL;
  }
}
