package io.foretell.diagnostics.codes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one-line text of a code and where it belongs. What the tables do not have is built from the
 * code's structure (SAE J2012 clause 4, SAE J1939-73 appendix A).
 */
final class Wording {
  /** First SPN that makers give themselves, SAE J1939 appendix A. */
  private static final int FIRST_MAKER_SPN = 520_192;

  private static final int MAKES = 3;

  private final CodeNames names;

  Wording(CodeNames names) {
    this.names = names;
  }

  boolean known(Notation code) {
    if (code.isStatus()) {
      return StatusWords.find(code) != null;
    }
    return code.isJ2012()
        ? names.text(J2012.number(code.code())) != null || !makers(code).isEmpty()
        : code.spn() >= 0 && names.hasSpn(code.spn());
  }

  String text(Notation code, Language language) {
    String type = failureType(code, language);
    if (code.isJ2012()) {
      return joined(j2012Text(code, language), type, language);
    }
    if (code.spn() >= 0) {
      return joined(spnText(code.spn(), language), type, language);
    }
    if (code.isStatus()) {
      return StatusWords.text(code, language);
    }
    String maker = code.code().isEmpty() ? "?" : code.code();
    return (language == Language.CHINESE ? "厂家故障码 " : "Maker's code ") + maker;
  }

  String system(Notation code, Language language) {
    if (code.isJ2012()) {
      return names.system(code.code(), language);
    }
    if (code.isStatus()) {
      return StatusWords.system(code, language);
    }
    String name = code.spn() < 0 ? null : names.spn(code.spn());
    return name == null ? "" : SpnSystem.of(name).in(language);
  }

  String failureType(Notation code, Language language) {
    return code.spn() >= 0
        ? names.fmi(code.subType(), language)
        : code.isJ2012() ? names.failureType(code.subType(), language) : "";
  }

  Map<String, String> makers(Notation code) {
    return code.isJ2012() ? names.makers(J2012.number(code.code())) : Map.of();
  }

  /** Whether makers give the code its meaning, each its own (SAE J2012 clause 5). */
  private static boolean makers(String code) {
    char digit = code.charAt(1);
    if (code.charAt(0) == 'P') {
      return digit == '1' || digit == '3' && code.charAt(2) < '4';
    }
    return digit == '1' || digit == '2';
  }

  private String j2012Text(Notation code, Language language) {
    String common = names.text(J2012.number(code.code()));
    String text = common != null ? common : ofMostMakers(makers(code));
    String system = names.system(code.code(), language);
    if (language == Language.ENGLISH) {
      return text != null ? text : system + ", code " + code.code();
    }
    String plain = system + (system.endsWith("）") ? "" : " ") + code.code();
    if (text == null) {
      return plain;
    }
    Optional<String> chinese = names.chinese(text);
    if (makers(code.code())) {
      return chinese.orElse(plain) + "（" + text + "）";
    }
    return chinese.orElse(plain + "（" + text + "）");
  }

  /** What most makers say, and some of who says so; null where none says anything. */
  private static @Nullable String ofMostMakers(Map<String, String> makers) {
    Map<String, List<String>> saying = new TreeMap<>();
    makers.forEach((make, says) -> saying.computeIfAbsent(says, s -> new ArrayList<>()).add(make));
    return saying.entrySet().stream()
        .max(Comparator.comparingInt(entry -> entry.getValue().size()))
        .map(
            most -> {
              List<String> makes = most.getValue().stream().sorted().toList();
              String some = String.join(", ", makes.subList(0, Math.min(MAKES, makes.size())));
              return most.getKey() + " (" + some + (makes.size() > MAKES ? ", …" : "") + ")";
            })
        .orElse(null);
  }

  private String spnText(int spn, Language language) {
    String name = names.spn(spn);
    boolean own = spn >= FIRST_MAKER_SPN;
    if (language == Language.ENGLISH) {
      return name != null ? name : "SPN " + spn + (own ? " (maker's own)" : "");
    }
    if (name == null) {
      return SpnSystem.of("").in(language) + " SPN " + spn + (own ? "（厂家自定义）" : "");
    }
    return names
        .chineseName(name)
        .orElse(SpnSystem.of(name).in(language) + " SPN " + spn + "（" + name + "）");
  }

  private static String joined(String what, String how, Language language) {
    return how.isEmpty() ? what : what + (language == Language.CHINESE ? "：" : ": ") + lower(how);
  }

  private static String lower(String words) {
    boolean sentence = words.length() > 1 && Character.isLowerCase(words.charAt(1));
    return sentence ? Character.toLowerCase(words.charAt(0)) + words.substring(1) : words;
  }
}
