package io.foretell.diagnostics.codes;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Names of codes, failure types and systems, as the tables have them. */
final class CodeNames {
  private static final int CODES = 0x10000;

  private record Words(String english, String chinese) {
    String in(Language language) {
      return language == Language.CHINESE ? chinese : english;
    }
  }

  private final @Nullable String[] texts = new String[CODES];
  private final Map<Integer, Map<String, String>> makers = new HashMap<>();
  private final Map<Integer, List<String>> causes = new HashMap<>();
  private final Map<Integer, String> spns = new HashMap<>();
  private final Map<Integer, Words> fmis = new HashMap<>();
  private final Map<Integer, Words> types = new HashMap<>();
  private final Map<String, Words> systems = new HashMap<>();

  CodeNames() {
    Tables.read("dtc.tsv.gz", row -> texts[J2012.number(row[0])] = row[1]);
    Tables.read("dtc-makers.tsv.gz", this::addMaker);
    Tables.read(
        "causes.tsv.gz", row -> causes.put(J2012.number(row[0]), List.of(row[1].split("\\|"))));
    Tables.read("spn.tsv.gz", row -> spns.put(Integer.valueOf(row[0]), row[1]));
    Tables.read("fmi.tsv", row -> fmis.put(Integer.valueOf(row[0]), new Words(row[1], row[2])));
    Tables.read(
        "ftb.tsv", row -> types.put(Integer.valueOf(row[0], 16), new Words(row[1], row[2])));
    Tables.read("systems.tsv", row -> systems.put(row[0], new Words(row[1], row[2])));
  }

  private void addMaker(String[] row) {
    Map<String, String> of = makers.computeIfAbsent(J2012.number(row[0]), code -> new TreeMap<>());
    Arrays.stream(row[1].split(",")).forEach(maker -> of.putIfAbsent(maker, row[2]));
  }

  /** The text of a J2012 code; null where the tables have none. */
  @Nullable String text(int number) {
    return texts[number];
  }

  Map<String, String> makers(int number) {
    return makers.getOrDefault(number, Map.of());
  }

  List<String> causes(int number) {
    return causes.getOrDefault(number, List.of());
  }

  @Nullable String spn(int spn) {
    return spns.get(spn);
  }

  boolean hasSpn(int spn) {
    return spns.containsKey(spn);
  }

  /** The FMI in words; its number where it is reserved; empty for -1. */
  String fmi(int fmi, Language language) {
    Words words = fmis.get(fmi);
    return words != null ? words.in(language) : fmi < 0 ? "" : "FMI " + fmi;
  }

  /** The failure type byte in words; its number where it is reserved; empty for -1. */
  String failureType(int type, Language language) {
    Words words = types.get(type);
    return words != null
        ? words.in(language)
        : type < 0 ? "" : String.format(Locale.ROOT, "FTB %02X", type);
  }

  /** Where a J2012 code belongs, by its longest known prefix. */
  String system(String code, Language language) {
    for (int n = 3; n > 0; n--) {
      Words words = systems.get(code.substring(0, n));
      if (words != null) {
        return words.in(language);
      }
    }
    return "";
  }

  int size() {
    int n = spns.size();
    for (String text : texts) {
      n += text == null ? 0 : 1;
    }
    return n;
  }
}
