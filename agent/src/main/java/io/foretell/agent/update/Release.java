package io.foretell.agent.update;

import io.foretell.proto.ReasonCode;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of a version in the order of versions: Semantic Versioning 2.0.0 (clause 11), with one
 * to four numbers.
 */
record Release(int[] numbers, String preRelease) implements Comparable<Release> {
  private static final int NUMBERS = 4;
  private static final int MAX_LENGTH = 64;
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,9}(?:\\.[0-9]{1,9}){0,3})(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?"
              + "(?:\\+[0-9A-Za-z.-]+)?");

  static Release of(String text) throws RefusedException {
    Matcher matcher = FORM.matcher(text);
    if (text.length() > MAX_LENGTH || !matcher.matches()) {
      throw new RefusedException(ReasonCode.WRONG_SHAPE, "no version: '" + text + "'");
    }
    String[] parts = matcher.group(1).split("\\.");
    int[] numbers = new int[NUMBERS];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Integer.parseInt(parts[i]);
    }
    String pre = matcher.group(2);
    return new Release(numbers, pre == null ? "" : pre);
  }

  @Override
  public int compareTo(Release other) {
    for (int i = 0; i < NUMBERS; i++) {
      if (numbers[i] != other.numbers[i]) {
        return Integer.compare(numbers[i], other.numbers[i]);
      }
    }
    if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
      return Boolean.compare(preRelease.isEmpty(), other.preRelease.isEmpty());
    }
    String[] a = preRelease.split("\\.");
    String[] b = other.preRelease.split("\\.");
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      int order = compareIdentifier(a[i], b[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  private static int compareIdentifier(String a, String b) {
    boolean aNumber = a.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean bNumber = b.chars().allMatch(c -> c >= '0' && c <= '9');
    if (aNumber && bNumber) {
      return new BigInteger(a).compareTo(new BigInteger(b));
    }
    return aNumber == bNumber ? a.compareTo(b) : aNumber ? -1 : 1;
  }
}
