package io.foretell.diagnostics.tables;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The registers of some tables by the names of the signals that carry them. Immutable. */
public final class Registers {
  private final Map<String, Register> byName = new HashMap<>();

  /**
   * @param tables where two name the same register, the first counts
   */
  public Registers(Collection<CodeTable> tables) {
    for (CodeTable table : tables) {
      table.registers().forEach(byName::putIfAbsent);
    }
  }

  /** Whether there is one of that name. */
  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /** The register of a name; null where there is none. */
  @Nullable Register find(String name) {
    return byName.get(name);
  }
}
