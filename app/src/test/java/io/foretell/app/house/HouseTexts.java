package io.foretell.app.house;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules of the house that only the text of a source shows. */
final class HouseTexts {
  private static final int LONGEST = 600;
  private static final Pattern EVERYTHING =
      Pattern.compile("catch \\((final )?(Exception|Throwable|RuntimeException)[ |]");
  private static final Pattern IDLES =
      Pattern.compile("Thread\\.sleep|TimeUnit\\.[A-Z]+\\.sleep|@Disabled");

  /** How far below a catch its reason may stand. */
  private static final int REASON_CHARS = 160;

  private HouseTexts() {}

  static boolean tooLong(List<String> lines) {
    return lines.size() > LONGEST;
  }

  /** Whether it catches everything somewhere, and does not say there that it is a boundary. */
  static boolean catchesEverything(String text) {
    Matcher matcher = EVERYTHING.matcher(text);
    while (matcher.find()) {
      String below =
          text.substring(matcher.end(), Math.min(text.length(), matcher.end() + REASON_CHARS));
      if (!below.contains("// Boundary:")) {
        return true;
      }
    }
    return false;
  }

  /** Whether a test sleeps, or is turned off. */
  static boolean idles(String text) {
    return IDLES.matcher(text).find();
  }
}
