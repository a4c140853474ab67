package io.foretell.diagnostics.tables;

import io.foretell.proto.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A register of a device that holds faults: of the value, {@code mask} is taken and shifted down to
 * bit 0.
 *
 * @param name of the signal that carries it
 * @param system the part it speaks of; empty: the device as a whole
 * @param kind one fault a bit, or one fault a value
 * @param mask the bits that count, in one run
 * @param codes by bit or value
 */
public record Register(
    String name, String system, Kind kind, long mask, Map<Long, TableCode> codes) {
  /** How a register holds its faults. */
  public enum Kind {
    /** Each bit is a fault of its own. */
    BITS,
    /** The value is the fault; 0 and the table's good values are none. */
    VALUES
  }

  /** A code with an empty text for a value that is good. */
  public static final String GOOD = "";

  /** Copies the codes, in their order. */
  public Register {
    codes = Collections.unmodifiableMap(new LinkedHashMap<>(codes));
    if (mask == 0) {
      throw new IllegalArgumentException("a register without bits");
    }
  }

  /** The faults that a value of the register says are there. */
  public List<Fault> faults(long value) {
    long bits = (value & mask) >>> Long.numberOfTrailingZeros(mask);
    List<Fault> faults = new ArrayList<>();
    if (kind == Kind.VALUES) {
      TableCode code = codes.get(bits);
      if (code != null && !code.code().equals(GOOD)) {
        faults.add(fault(code));
      } else if (code == null && bits != 0) {
        faults.add(unknown(name + "=" + Long.toUnsignedString(bits)));
      }
      return faults;
    }
    for (long rest = bits; rest != 0; rest &= rest - 1) {
      long bit = Long.numberOfTrailingZeros(rest);
      TableCode code = codes.get(bit);
      faults.add(code != null ? fault(code) : unknown(name + "." + bit));
    }
    return faults;
  }

  /** A value that says just these codes are there; for devices that are simulated. */
  public long value(List<String> wanted) {
    long bits = 0;
    for (TableCode code : codes.values()) {
      if (wanted.contains(code.code())) {
        bits = kind == Kind.BITS ? bits | 1L << code.value() : code.value();
      }
    }
    return bits << Long.numberOfTrailingZeros(mask);
  }

  private Fault fault(TableCode code) {
    boolean warns = code.lamp() != Fault.Lamp.NONE && code.lamp() != Fault.Lamp.PROTECT;
    int status = Fault.TEST_FAILED | Fault.CONFIRMED | (warns ? Fault.WARNING_INDICATOR : 0);
    return new Fault(
        CodeTable.FAMILY, system, code.code(), -1, status, code.lamp(), 0, Map.of(), code.text());
  }

  private Fault unknown(String code) {
    return new Fault(
        CodeTable.FAMILY,
        system,
        code,
        -1,
        Fault.TEST_FAILED | Fault.CONFIRMED,
        Fault.Lamp.NONE,
        0,
        Map.of(),
        "Code that the table does not name: " + code);
  }
}
