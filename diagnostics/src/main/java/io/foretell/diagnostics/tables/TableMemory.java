package io.foretell.diagnostics.tables;

import java.util.Map;
import java.util.TreeMap;

/** What {@link TableReader} remembers of a device: the last value of each register. */
public final class TableMemory {
  final TreeMap<String, Long> last = new TreeMap<>();

  TableMemory(Map<String, Long> last) {
    this.last.putAll(last);
  }
}
