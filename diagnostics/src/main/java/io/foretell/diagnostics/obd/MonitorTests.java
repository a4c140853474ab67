package io.foretell.diagnostics.obd;

import io.foretell.diagnostics.trace.Trace;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers of services 05 and 06, SAE J1979 clauses 6.5 and 6.6.
 *
 * <pre>
 *   46, n × (monitor, test, scaling, value 2, minimum 2, maximum 2)    CAN
 *   46, test, limit type | component, value 2, limit 2                 older buses
 *   45, test, sensor, value [, minimum, maximum]                       older buses
 * </pre>
 */
final class MonitorTests {
  private static final int CAN_ITEM = 9;
  private static final int OLD_ANSWER = 7;
  private static final int LOWER_LIMIT = 0x80;
  private static final String CLAUSE = "SAE J1979 6.6";
  private static final double NONE = Double.NaN;

  private MonitorTests() {}

  static List<MonitorTest> monitors(byte[] data, Trace trace) {
    List<MonitorTest> tests = new ArrayList<>();
    if (data.length == OLD_ANSWER) {
      trace.step(1, 2, "test, limit type (bit 7: minimum) and component", CLAUSE);
      trace.step(3, 4, "value, limit", CLAUSE);
      boolean lower = (data[2] & LOWER_LIMIT) != 0;
      int limit = word(data, 5);
      tests.add(
          new MonitorTest(
              data[1] & 0xFF,
              MonitorTest.testName(data[1] & 0xFF),
              data[2] & 0x7F,
              "component " + (data[2] & 0x7F),
              -1,
              word(data, 3),
              lower ? limit : NONE,
              lower ? NONE : limit,
              ""));
      return tests;
    }
    for (int at = 1; at + CAN_ITEM <= data.length; at += CAN_ITEM) {
      tests.add(one(data, at, trace));
    }
    return tests;
  }

  private static MonitorTest one(byte[] data, int at, Trace trace) {
    int scaling = data[at + 2] & 0xFF;
    UnitAndScaling known = UnitAndScaling.of(scaling);
    UnitAndScaling scale = known == null ? new UnitAndScaling(false, 1, 0, "") : known;
    trace.step(
        at, 3, "monitor, test, unit and scaling: × " + scale.times() + " " + scale.unit(), CLAUSE);
    trace.step(at + 3, 6, "value, minimum, maximum", "SAE J1979 annex E");
    return new MonitorTest(
        data[at] & 0xFF,
        MonitorTest.monitorName(data[at] & 0xFF),
        data[at + 1] & 0xFF,
        MonitorTest.testName(data[at + 1] & 0xFF),
        scaling,
        scale.value(word(data, at + 3)),
        scale.value(word(data, at + 5)),
        scale.value(word(data, at + 7)),
        scale.unit());
  }

  /** Voltages in steps of 5 mV, switch times of 4 ms, transitions and periods of 40 ms. */
  static MonitorTest sensor(byte[] data, Trace trace) {
    int test = data[1] & 0xFF;
    boolean volts = test >= 1 && test <= 4 || test == 7 || test == 8;
    boolean seconds = test == 5 || test == 6 || test == 9 || test == 0x0A;
    double step = volts ? 0.005 : seconds ? test < 7 ? 0.004 : 0.04 : 1;
    trace.step(1, 2, "test, oxygen sensor", "SAE J1979 6.5");
    trace.step(
        3, data.length - 3, "value [, minimum, maximum] in steps of " + step, "SAE J1979 annex C");
    boolean limits = data.length >= 6;
    return new MonitorTest(
        test,
        MonitorTest.testName(test),
        data[2] & 0xFF,
        "oxygen sensor " + (data[2] & 0xFF),
        -1,
        (data[3] & 0xFF) * step,
        limits ? (data[4] & 0xFF) * step : NONE,
        limits ? (data[5] & 0xFF) * step : NONE,
        volts ? "V" : seconds ? "s" : "");
  }

  private static int word(byte[] data, int at) {
    return (data[at] & 0xFF) << 8 | data[at + 1] & 0xFF;
  }
}
