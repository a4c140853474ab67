package io.foretell.diagnostics.dbc;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message while its file is being read. */
final class MessageDraft {
  private static final int LARGEST_SHORT = 0x7FF;
  private static final int EXTENDED = 1 << 31;

  final long id;
  final int length;
  final Map<String, SignalDraft> signals = new LinkedHashMap<>();
  String name;

  MessageDraft(long id, String name, int length) {
    this.id = id;
    this.name = name;
    this.length = length;
  }

  /** As a frame has it: what does not fit 11 bits has 29, also where the file does not mark it. */
  int frameId() {
    return id > LARGEST_SHORT ? (int) id | EXTENDED : (int) id;
  }

  DbcMessage build() {
    List<SignalDraft> drafts = List.copyOf(signals.values());
    Map<SignalDraft, Integer> places = new IdentityHashMap<>();
    drafts.forEach(draft -> places.put(draft, places.size()));
    @Nullable SignalDraft only = only();
    List<DbcSignal> built = new ArrayList<>();
    int[] deciders = new int[drafts.size()];
    long[][] ranges = new long[drafts.size()][];
    for (int i = 0; i < deciders.length; i++) {
      SignalDraft draft = drafts.get(i);
      built.add(new DbcSignal(draft));
      deciders[i] = decider(draft, draft.by.isEmpty() ? only : signals.get(draft.by), places);
      ranges[i] = draft.ranges;
    }
    return new DbcMessage(frameId(), name, length, built, deciders, ranges);
  }

  /** Where no multiplexer is named and the message has none, the mark means nothing. */
  private static int decider(
      SignalDraft signal, @Nullable SignalDraft by, Map<SignalDraft, Integer> places) {
    if (signal.ranges.length == 0) {
      return DbcMessage.ALWAYS;
    }
    if (by == null) {
      return signal.by.isEmpty() ? DbcMessage.ALWAYS : DbcMessage.NEVER;
    }
    return by.multiplexer ? places.getOrDefault(by, DbcMessage.NEVER) : DbcMessage.NEVER;
  }

  /** The multiplexer that is not itself multiplexed; null where there is none. */
  private @Nullable SignalDraft only() {
    for (SignalDraft signal : signals.values()) {
      if (signal.multiplexer && signal.ranges.length == 0) {
        return signal;
      }
    }
    return null;
  }
}
