package io.foretell.diagnostics.dbc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A message while its file is being read. */
final class MessageDraft {
  final long id;
  final int length;
  final Map<String, SignalDraft> signals = new LinkedHashMap<>();
  String name;

  MessageDraft(long id, String name, int length) {
    this.id = id;
    this.name = name;
    this.length = length;
  }

  DbcMessage build(int canId) {
    List<DbcSignal> built = new ArrayList<>();
    List<DbcMessage.Condition> conditions = new ArrayList<>();
    List<String> names = List.copyOf(signals.keySet());
    for (SignalDraft signal : signals.values()) {
      built.add(signal.build());
      conditions.add(condition(signal, names));
    }
    return new DbcMessage(canId, name, length, built, conditions);
  }

  private DbcMessage.Condition condition(SignalDraft signal, List<String> names) {
    if (signal.ranges.length == 0) {
      return DbcMessage.Condition.ALWAYS;
    }
    int by = names.indexOf(signal.by.isEmpty() ? only() : signal.by);
    return by < 0 ? DbcMessage.Condition.ALWAYS : new DbcMessage.Condition(by, signal.ranges);
  }

  /** The multiplexer that is not itself multiplexed. */
  private String only() {
    for (SignalDraft signal : signals.values()) {
      if (signal.multiplexer && signal.ranges.length == 0) {
        return signal.name;
      }
    }
    return "";
  }
}
