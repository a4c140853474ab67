package io.foretell.diagnostics.codes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a code: the rows of {@code advice.tsv} in the order in which they rule.
 *
 * <p>For SAE J2012: the narrowest range of at most 256 codes, the failure type, words of the text,
 * then wider ranges. For SAE J1939: an electrical or mechanical FMI says more than the SPN; where
 * the value itself is wrong (FMI 0, 1, 15–18) the SPN does. For the status of an instrument: its
 * signal of NAMUR NE 107.
 */
final class AdviceTable {
  private static final int NARROW = 0x100;
  private static final int VALUE_FMIS = 1 | 1 << 1 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 18;

  private record Range(int from, int to, Advice advice) {
    int width() {
      return to - from + 1;
    }

    boolean has(int code) {
      return from <= code && code <= to;
    }
  }

  private final List<Range> ranges = new ArrayList<>();
  private final Map<Integer, Advice> spns = new HashMap<>();
  private final Map<Integer, Advice> fmis = new HashMap<>();
  private final Map<Integer, Advice> types = new HashMap<>();
  private final Map<String, Advice> words = new LinkedHashMap<>();
  private final Map<String, Advice> signals = new HashMap<>();

  AdviceTable() {
    Tables.read("advice.tsv", this::add);
    ranges.sort((a, b) -> Integer.compare(a.width(), b.width()));
  }

  /** The rows that speak of a code, the one that rules first. */
  List<Advice> of(Notation code, String text) {
    List<Advice> found = new ArrayList<>();
    if (code.isJ2012()) {
      int number = J2012.number(code.code());
      addRanges(found, number, true);
      addIfThere(found, types.get(code.subType()));
      addWords(found, text);
      addRanges(found, number, false);
    } else if (code.spn() >= 0) {
      Advice spn = spns.get(code.spn());
      Advice fmi = fmis.get(code.subType());
      boolean value = code.subType() < 0 || (VALUE_FMIS >>> code.subType() & 1) != 0;
      addIfThere(found, value ? spn : fmi);
      addIfThere(found, value ? fmi : spn);
    } else if (code.isStatus()) {
      addIfThere(found, signals.get(StatusWords.signal(code).letter()));
    }
    return found;
  }

  private void addRanges(List<Advice> found, int number, boolean narrow) {
    for (Range range : ranges) {
      if (range.has(number) && range.width() <= NARROW == narrow) {
        found.add(range.advice());
      }
    }
  }

  private void addWords(List<Advice> found, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, Advice> word : words.entrySet()) {
      if (lower.contains(word.getKey())) {
        found.add(word.getValue());
        return;
      }
    }
  }

  private static void addIfThere(List<Advice> found, @Nullable Advice advice) {
    if (advice != null) {
      found.add(advice);
    }
  }

  private void add(String[] columns) {
    Advice advice = Advice.of(columns);
    String selector = columns[0];
    int space = selector.indexOf(' ');
    if (space < 0) {
      int dash = selector.indexOf('-');
      String from = dash < 0 ? selector : selector.substring(0, dash);
      String to = dash < 0 ? selector : selector.substring(dash + 1);
      ranges.add(new Range(J2012.number(pad(from, "0000")), J2012.number(pad(to, "3FFF")), advice));
      return;
    }
    String value = selector.substring(space + 1);
    switch (selector.substring(0, space)) {
      case "SPN" -> spns.put(Integer.valueOf(value), advice);
      case "FMI" -> fmis.put(Integer.valueOf(value), advice);
      case "NE107" -> signals.put(value, advice);
      case "FTB" -> types.put(Integer.valueOf(value, 16), advice);
      default -> words.put(value, advice);
    }
  }

  private static String pad(String prefix, String with) {
    return prefix + with.substring(prefix.length() - 1);
  }
}
