package io.foretell.diagnostics.codes;

import io.foretell.diagnostics.industrial.Ne107;
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
 * <p>For SAE J2012: the narrowest range of at most 16 codes, words that cannot wait, the narrowest
 * range of at most 256, words of danger to who works on it, the failure type, words that say what
 * is wrong, words that say with which part, then wider ranges. For SAE J1939: an electrical or
 * mechanical FMI says more than the SPN; where the value itself is wrong (FMI 0, 1, 15–18) the SPN
 * does. For the status of an instrument: its family where it fails, then its signal of NAMUR NE
 * 107.
 */
final class AdviceTable {
  private static final int FEW = 0x10;
  private static final int NARROW = 0x100;

  /** SPN 2000 + n: the control unit of source address n (SAE J1939-73, SPNs 2000–2255). */
  private static final int FIRST_ADDRESS_SPN = 2000;

  private static final int LAST_ADDRESS_SPN = 2255;
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
  private final Map<String, Advice> urgent = new LinkedHashMap<>();
  private final Map<String, Advice> safety = new LinkedHashMap<>();
  private final Map<String, Advice> words = new LinkedHashMap<>();
  private final Map<String, Advice> parts = new LinkedHashMap<>();
  private final Map<String, Advice> signals = new HashMap<>();
  private final Map<String, Advice> families = new HashMap<>();

  AdviceTable() {
    Tables.read("advice.tsv", this::add);
    ranges.sort((a, b) -> Integer.compare(a.width(), b.width()));
  }

  /** The rows that speak of a code, the one that rules first. */
  List<Advice> of(Notation code, String text) {
    List<Advice> found = new ArrayList<>();
    if (code.isJ2012()) {
      int number = J2012.number(code.code());
      addRanges(found, number, 1, FEW);
      addWords(found, urgent, text);
      addRanges(found, number, FEW + 1, NARROW);
      addWords(found, safety, text);
      addIfThere(found, types.get(code.subType()));
      addWords(found, words, text);
      addWords(found, parts, text);
      addRanges(found, number, NARROW + 1, Integer.MAX_VALUE);
    } else if (code.spn() >= 0) {
      Advice spn = spns.get(code.spn());
      Advice fmi = fmis.get(code.subType());
      boolean value =
          code.subType() < 0
              || (VALUE_FMIS >>> code.subType() & 1) != 0
              || FIRST_ADDRESS_SPN <= code.spn() && code.spn() <= LAST_ADDRESS_SPN;
      addIfThere(found, value ? spn : fmi);
      addIfThere(found, value ? fmi : spn);
    } else if (code.isStatus()) {
      Ne107 signal = StatusWords.signal(code);
      addIfThere(found, signal == Ne107.FAILURE ? families.get(code.family()) : null);
      addIfThere(found, signals.get(signal.letter()));
    }
    return found;
  }

  private void addRanges(List<Advice> found, int number, int narrowest, int widest) {
    for (Range range : ranges) {
      if (range.has(number) && narrowest <= range.width() && range.width() <= widest) {
        found.add(range.advice());
      }
    }
  }

  private static void addWords(List<Advice> found, Map<String, Advice> words, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, Advice> word : words.entrySet()) {
      if (has(lower, word.getKey())) {
        found.add(word.getValue());
        return;
      }
    }
  }

  /** Whether all pieces of a selector ({@code *} between them) are there, one after the other. */
  private static boolean has(String text, String selector) {
    int at = 0;
    for (String piece : selector.split(" \\* ")) {
      int found = text.indexOf(piece, at);
      if (found < 0) {
        return false;
      }
      at = found + piece.length();
    }
    return true;
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
      case "SPN" -> each(value, 10, spns, advice);
      case "FMI" -> fmis.put(Integer.valueOf(value), advice);
      case "STATUS" -> families.put(value, advice);
      case "NE107" -> signals.put(value, advice);
      case "FTB" -> each(value, 16, types, advice);
      case "URGENT" -> urgent.put(value, advice);
      case "SAFETY" -> safety.put(value, advice);
      case "PART" -> parts.put(value, advice);
      default -> words.put(value, advice);
    }
  }

  /** A number, or all from one to another. */
  private static void each(String range, int radix, Map<Integer, Advice> to, Advice advice) {
    int dash = range.indexOf('-');
    int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), radix);
    int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1), radix);
    for (int number = first; number <= last; number++) {
      to.put(number, advice);
    }
  }

  private static String pad(String prefix, String with) {
    return prefix + with.substring(prefix.length() - 1);
  }
}
