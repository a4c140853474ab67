package io.foretell.diagnostics.industrial;

import io.foretell.proto.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a device said of itself, decoded.
 *
 * @param family {@code ne107}, {@code hart}, {@code profibus}, {@code iolink}, {@code opcua},
 *     {@code canopen}, {@code modbus} or {@code cip}
 * @param signal the worst of what it said
 * @param complete whether it said all that it has to say, so that a fault that is not named is gone
 * @param faults in normal form; none where all is good
 * @param fields the parts of the status in words, in the order of the bytes
 * @param steps how the bytes were read
 */
public record DeviceStatus(
    String family,
    Ne107 signal,
    boolean complete,
    List<Fault> faults,
    Map<String, String> fields,
    List<Step> steps) {
  /** Copies the lists. */
  public DeviceStatus {
    faults = List.copyOf(faults);
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    steps = List.copyOf(steps);
  }

  /**
   * One rule that was applied.
   *
   * @param at first byte, from 0
   * @param length how many bytes
   * @param rule what they say
   * @param clause standard and clause
   */
  public record Step(int at, int length, String rule, String clause) {}

  /** Gathers a status. */
  static final class Draft {
    private final String family;
    private final String system;
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private Ne107 signal = Ne107.GOOD;

    Draft(String family, String system) {
      this.family = family;
      this.system = system;
    }

    Draft field(String name, String value) {
      fields.put(name, value);
      return this;
    }

    Draft step(int at, int length, String rule, String clause) {
      steps.add(new Step(at, length, rule, clause));
      return this;
    }

    /** A condition by its code; one that the tables do not hold against the device is no fault. */
    Draft condition(String code, Ne107 how, String title) {
      return condition(code, -1, how, how.status(), title);
    }

    Draft condition(String code, int subType, Ne107 how, int status, String title) {
      if (how != Ne107.GOOD) {
        faults.add(
            new Fault(family, system, code, subType, status, how.lamp(), 0, Map.of(), title));
        signal = (status & (Fault.TEST_FAILED | Fault.PENDING)) != 0 ? signal.or(how) : signal;
      }
      return this;
    }

    DeviceStatus whole(boolean complete) {
      return new DeviceStatus(family, signal, complete, faults, fields, steps);
    }
  }
}
