package io.foretell.ingest.payload.protobuf;

/**
 * Finds numbers of so many digits that their digits alone would fill the memory: JsonFormat turns
 * the text of an unsigned number, bare or in quotes, into all of them. So {@code 1e999999999} is
 * one, and so is a quoted number with an escape, which nobody writes unless to hide such a one.
 *
 * <p>A text that is not a number as a whole is none, whatever it contains: an id such as {@code
 * fa4e7420-b298} has four digits after an e.
 */
final class HugeNumbers {
  private static final int EXPONENT_DIGITS = 4;

  private HugeNumbers() {}

  /** Whether there is one in a body that is known to be JSON. */
  static boolean in(String json) {
    int at = 0;
    while (at < json.length()) {
      if (json.charAt(at) == '"') {
        int end = end(json, at + 1);
        if (quoted(json, at + 1, end)) {
          return true;
        }
        at = end + 1;
      } else {
        if (exponent(json, at)) {
          return true;
        }
        at++;
      }
    }
    return false;
  }

  /** Where the text that begins here ends: at its quote. */
  private static int end(String json, int from) {
    int at = from;
    while (at < json.length() && json.charAt(at) != '"') {
      at += json.charAt(at) == '\\' ? 2 : 1;
    }
    return Math.min(at, json.length());
  }

  private static boolean quoted(String json, int from, int to) {
    boolean suspect = false;
    for (int at = from; at < to; at++) {
      char c = json.charAt(at);
      if (c == '\\' && at + 1 < to && json.charAt(at + 1) == 'u') {
        suspect = true;
        at += 5;
      } else if ("0123456789.eE+-".indexOf(c) < 0) {
        return false;
      } else {
        suspect |= exponent(json, at);
      }
    }
    return suspect;
  }

  /** Whether an exponent of many digits begins here. */
  private static boolean exponent(String json, int at) {
    char e = json.charAt(at);
    if (e != 'e' && e != 'E') {
      return false;
    }
    int digits = at + 1;
    if (digits < json.length() && json.charAt(digits) == '+') {
      digits++;
    }
    int end = digits + EXPONENT_DIGITS;
    return end <= json.length() && json.substring(digits, end).chars().allMatch(HugeNumbers::digit);
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }
}
