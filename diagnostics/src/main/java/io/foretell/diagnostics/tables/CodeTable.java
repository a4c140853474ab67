package io.foretell.diagnostics.tables;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A maker's codes.
 *
 * @param name unique: {@code acme-bms}
 * @param version of the table, from 1
 * @param maker who makes the device
 * @param registers by name
 */
public record CodeTable(String name, int version, String maker, Map<String, Register> registers) {
  /** The family of its faults. */
  public static final String FAMILY = "maker";

  /** Copies the registers, in their order. */
  public CodeTable {
    registers = Collections.unmodifiableMap(new LinkedHashMap<>(registers));
  }

  /** A code by its notation. */
  public Optional<TableCode> find(String code) {
    return registers.values().stream()
        .flatMap(register -> register.codes().values().stream())
        .filter(entry -> entry.code().equals(code))
        .findFirst();
  }

  /** All codes, in the order of the table. */
  public List<TableCode> codes() {
    return registers.values().stream()
        .flatMap(register -> register.codes().values().stream())
        .toList();
  }
}
