package io.foretell.diagnostics.obd;

import java.util.List;
import java.util.Map;

/** What an answer says. */
public sealed interface ObdValue {
  /** A measured or counted value. */
  record Quantity(double value, String unit) implements ObdValue {}

  /** Which PIDs or info types are supported: a digit each, the first for the next number. */
  record Supported(String bits) implements ObdValue {}

  /** Malfunction indicator and monitors, PID 01 and 41. */
  record Status(MonitorStatus readiness) implements ObdValue {}

  /** Trouble codes, two bytes each. */
  record Codes(List<Integer> codes) implements ObdValue {}

  /** The code that froze the frame, PID 02. */
  record FreezeCode(int code) implements ObdValue {}

  /** Text or identification as its bytes: VIN, CALID, CVN, ECU name. */
  record Identification(byte[] bytes) implements ObdValue {}

  /** Which oxygen sensors there are: a list a bank, from bank 1, sensor 1. */
  record Sensors(List<List<Boolean>> banks) implements ObdValue {}

  /** On or off. */
  record Switch(boolean on) implements ObdValue {}

  /** States in words. */
  record Words(List<String> words) implements ObdValue {}

  /** Several values of one answer, by name. */
  record Several(Map<String, Double> values) implements ObdValue {}

  /** Signals of one answer that is known by no single one of them. */
  record Signals(List<ObdSignal> signals) implements ObdValue {}

  /** Counters by the standard's short name: in-use performance tracking. */
  record Counters(Map<String, Integer> counters) implements ObdValue {}

  /** Results of on-board tests, services 05 and 06. */
  record Tests(List<MonitorTest> tests) implements ObdValue {}

  /** The answer has a reserved value, or there is no answer. */
  record Nothing() implements ObdValue {}
}
