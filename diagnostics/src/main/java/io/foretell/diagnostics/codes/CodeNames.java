package io.foretell.diagnostics.codes;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Names of codes, failure types and systems; each table is read when it is first asked. */
final class CodeNames {
  private static final int CODES = 0x10000;
  private static final String TEXT = "TEXT ";

  private record Words(String english, String chinese) {
    String in(Language language) {
      return language == Language.CHINESE ? chinese : english;
    }
  }

  private final Once<@Nullable String[]> texts = new Once<>(CodeNames::readTexts);
  private final Once<Map<Integer, Map<String, String>>> makers = new Once<>(CodeNames::readMakers);
  private final Once<Map<Integer, List<String>>> causes = new Once<>(CodeNames::readCauses);
  private final Once<Map<Integer, String>> spns = new Once<>(CodeNames::readSpns);
  private final Once<Map<Integer, Words>> fmis = new Once<>(() -> readWords("fmi.tsv", 10));
  private final Once<Map<Integer, Words>> types = new Once<>(() -> readWords("ftb.tsv", 16));
  private final Once<Map<String, Words>> systems = new Once<>(CodeNames::readSystems);
  private final Once<Glossary> glossary = new Once<>(Glossary::new);

  private static @Nullable String[] readTexts() {
    @Nullable String[] read = new String[CODES];
    Tables.read("dtc.tsv.gz", row -> read[J2012.number(row[0])] = row[1]);
    return read;
  }

  private static Map<Integer, List<String>> readCauses() {
    Map<Integer, List<String>> read = new HashMap<>();
    Tables.read(
        "causes.tsv.gz", row -> read.put(J2012.number(row[0]), List.of(row[1].split("\\|"))));
    return read;
  }

  private static Map<Integer, String> readSpns() {
    Map<Integer, String> read = new HashMap<>();
    Tables.read("spn.tsv.gz", row -> read.put(Integer.valueOf(row[0]), row[1]));
    return read;
  }

  private static Map<Integer, Words> readWords(String table, int radix) {
    Map<Integer, Words> read = new HashMap<>();
    Tables.read(table, row -> read.put(Integer.valueOf(row[0], radix), new Words(row[1], row[2])));
    return read;
  }

  private static Map<String, Words> readSystems() {
    Map<String, Words> read = new LinkedHashMap<>();
    Tables.read("systems.tsv", row -> read.put(row[0], new Words(row[1], row[2])));
    return read;
  }

  private static Map<Integer, Map<String, String>> readMakers() {
    Map<Integer, Map<String, String>> read = new HashMap<>();
    Tables.read(
        "dtc-makers.tsv.gz",
        row -> {
          Map<String, String> of =
              read.computeIfAbsent(J2012.number(row[0]), code -> new TreeMap<>());
          Arrays.stream(row[1].split(",")).forEach(maker -> of.putIfAbsent(maker, row[2]));
        });
    return read;
  }

  /** The text of a J2012 code; null where the tables have none. */
  @Nullable String text(int number) {
    return texts.get()[number];
  }

  /** A code's text in Chinese; empty where the glossary does not cover it. */
  Optional<String> chinese(String text) {
    return glossary.get().fault(text);
  }

  /** The name of a part in Chinese; empty where the glossary does not cover it. */
  Optional<String> chineseName(String name) {
    return glossary.get().name(name);
  }

  Map<String, String> makers(int number) {
    return makers.get().getOrDefault(number, Map.of());
  }

  List<String> causes(int number) {
    return causes.get().getOrDefault(number, List.of());
  }

  @Nullable String spn(int spn) {
    return spns.get().get(spn);
  }

  boolean hasSpn(int spn) {
    return spns.get().containsKey(spn);
  }

  /** The FMI in words; its number where it is reserved; empty for -1. */
  String fmi(int fmi, Language language) {
    Words words = fmis.get().get(fmi);
    return words != null ? words.in(language) : fmi < 0 ? "" : "FMI " + fmi;
  }

  /** The failure type byte in words; its number where it is reserved; empty for -1. */
  String failureType(int type, Language language) {
    Words words = types.get().get(type);
    return words != null
        ? words.in(language)
        : type < 0 ? "" : String.format(Locale.ROOT, "FTB %02X", type);
  }

  /**
   * Where a J2012 code belongs, by its longest known prefix. The powertrain codes with letters in
   * them were given out in the order they were asked for: there the words of the text rule.
   */
  String system(String code, Language language) {
    Map<String, Words> all = systems.get();
    String text = texts.get()[J2012.number(code)];
    boolean letters = code.chars().skip(2).anyMatch(c -> c > '9');
    if (text != null && code.charAt(0) == 'P' && letters) {
      String lower = text.toLowerCase(Locale.ROOT);
      for (Map.Entry<String, Words> entry : all.entrySet()) {
        boolean words = entry.getKey().startsWith(TEXT);
        if (words && lower.contains(entry.getKey().substring(TEXT.length()))) {
          return entry.getValue().in(language);
        }
      }
    }
    for (int n = 3; n > 0; n--) {
      Words words = all.get(code.substring(0, n));
      if (words != null) {
        return words.in(language);
      }
    }
    return "";
  }

  int size() {
    int n = spns.get().size();
    for (String text : texts.get()) {
      n += text == null ? 0 : 1;
    }
    return n;
  }
}
