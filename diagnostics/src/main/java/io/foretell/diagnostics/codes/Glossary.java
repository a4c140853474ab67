package io.foretell.diagnostics.codes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says the short English texts of fault codes in 简体中文, phrase by phrase.
 *
 * <p>These texts are no prose: they are built from some eight hundred words, the part first and
 * what is wrong with it last ({@code Fuel Pump A Control Circuit Low}), and Chinese has the same
 * order. So the longest known phrase at each place is replaced; bank and cylinder, which Chinese
 * puts elsewhere, and a few sentences ({@code Lost Communication With …}) are taken apart before.
 */
final class Glossary {
  private static final Pattern WORD =
      Pattern.compile("\\(\\+\\)|\\(-\\)|[a-z][a-z0-9']*|\\d+[a-z]*|[^\\sa-z0-9]");
  private static final Pattern NAME = Pattern.compile("[a-z]|\\d+[a-z]?");
  private static final Pattern BANK =
      Pattern.compile(
          "(?:^| )bank (\\d)(?: sensor (\\d))?(?: / bank (\\d))?(?: sensor (\\d))?(?= |$)");
  private static final Pattern CYLINDER = Pattern.compile("cylinder (\\d+) (?:- )?(.+)");
  private static final Pattern GEAR = Pattern.compile("gear (\\d+)(?= |$)");
  private static final Pattern FROM_GEAR = Pattern.compile("incorrect shift from gear (\\d+)");
  private static final Pattern IN_GEAR = Pattern.compile("stuck in gear (\\d+)");
  private static final List<Sentence> SENTENCES =
      List.of(
          new Sentence("lost communication with ", "与", "失去通信"),
          new Sentence("invalid data received from ", "从", "收到无效数据"),
          new Sentence("software incompatibility with ", "与", "软件不兼容"));
  private static final String OTHER_SIGNS = "/.+:&#%";

  private final Map<String, String> phrases = new HashMap<>();
  private int longest = 1;

  private record Sentence(String start, String before, String after) {}

  Glossary() {
    Tables.read("glossary.tsv", row -> add(row[0], row[1]));
  }

  private void add(String english, String chinese) {
    phrases.put(english, chinese);
    longest = Math.max(longest, english.split(" ").length);
  }

  /** What is wrong, in Chinese; empty where a word of it is not known. */
  Optional<String> fault(String english) {
    String text = String.join(" ", words(english));
    for (Sentence sentence : SENTENCES) {
      if (text.startsWith(sentence.start())) {
        String what = text.substring(sentence.start().length());
        return phrase(what, false)
            .map(name -> join(List.of(sentence.before(), name, sentence.after())));
      }
    }
    Matcher gear = FROM_GEAR.matcher(text);
    if (gear.matches()) {
      return Optional.of("从 " + gear.group(1) + " 挡换挡错误");
    }
    gear = IN_GEAR.matcher(text);
    return gear.matches() ? Optional.of("卡在 " + gear.group(1) + " 挡") : placed(text);
  }

  /** The name of a thing in Chinese; empty where a word of it is not known. */
  Optional<String> name(String english) {
    return phrase(String.join(" ", words(english)), false);
  }

  private Optional<String> placed(String text) {
    String rest = text;
    String after = "";
    Matcher bank = BANK.matcher(rest);
    if (bank.find()) {
      String sensor = bank.group(2) != null ? bank.group(2) : bank.group(4);
      after =
          "（第 "
              + bank.group(1)
              + (bank.group(3) == null ? "" : " / " + bank.group(3))
              + " 列气缸"
              + (sensor == null ? "" : "，传感器 " + sensor)
              + "）";
      rest = (rest.substring(0, bank.start()) + rest.substring(bank.end())).strip();
    }
    String before = "";
    Matcher cylinder = CYLINDER.matcher(rest);
    if (cylinder.matches()) {
      before = "第 " + cylinder.group(1) + " 缸";
      rest = cylinder.group(2);
    }
    String tail = after;
    String head = before;
    return phrase(GEAR.matcher(rest).replaceAll("$1 挡"), true).map(said -> head + said + tail);
  }

  private Optional<String> phrase(String text, boolean whole) {
    List<String> words = List.of(text.split(" "));
    List<String> said = new ArrayList<>();
    int at = 0;
    while (at < words.size()) {
      int n = Math.min(longest, words.size() - at);
      String found = null;
      for (; n > 0; n--) {
        String candidate = String.join(" ", words.subList(at, at + n));
        boolean last = whole && at + n == words.size();
        found = last ? phrases.get(candidate + "$") : null;
        found = found == null ? phrases.get(candidate) : found;
        if (found != null) {
          break;
        }
      }
      found = found == null ? sign(words.get(at)) : found;
      if (found == null) {
        return Optional.empty();
      }
      said.add(found);
      at += Math.max(n, 1);
    }
    return Optional.of(join(said));
  }

  private static @Nullable String sign(String word) {
    if (NAME.matcher(word).matches()) {
      return word.toUpperCase(Locale.ROOT);
    }
    return switch (word) {
      case "挡" -> word;
      case "(+)" -> "（+）";
      case "(-)" -> "（-）";
      case "(" -> "（";
      case ")" -> "）";
      case "," -> "，";
      case "-" -> " - ";
      default -> OTHER_SIGNS.contains(word) ? word : null;
    };
  }

  private static List<String> words(String english) {
    String plain = english.toLowerCase(Locale.ROOT).replaceAll("[“”\"]", "").replace('–', '-');
    List<String> words = new ArrayList<>();
    Matcher m = WORD.matcher(plain);
    while (m.find()) {
      words.add(m.group());
    }
    return words;
  }

  /** A blank between Latin and Han, none between Han and Han. */
  private static String join(List<String> parts) {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      if (text.length() > 0 && !part.isEmpty()) {
        int left = text.codePointBefore(text.length());
        int right = part.codePointAt(0);
        if (latin(left) && latin(right) || latin(left) && han(right) || han(left) && latin(right)) {
          text.append(' ');
        }
      }
      text.append(part);
    }
    return text.toString().replaceAll(" {2,}", " ").strip();
  }

  private static boolean latin(int c) {
    return c < 0x80 && Character.isLetterOrDigit(c);
  }

  private static boolean han(int c) {
    return Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN;
  }
}
