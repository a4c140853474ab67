package io.foretell.firmwareota;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * A software version that can be put in order: one to four numbers, then optionally {@code
 * -pre.release} and {@code +build}, ordered as Semantic Versioning 2.0.0 (clause 11) says. Missing
 * numbers count as 0; the build part does not take part in the order.
 *
 * @param text as it was written
 */
public record Version(String text) implements Comparable<Version> {
  private static final Pattern FORM =
      Pattern.compile(
          "[0-9]{1,9}(\\.[0-9]{1,9}){0,3}(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z.-]+)?");
  private static final int MAX_LENGTH = 64;

  /** Refuses what cannot be put in order with {@link ReasonCode#WRONG_SHAPE}. */
  public Version {
    if (text.length() > MAX_LENGTH || !FORM.matcher(text).matches()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no version: '" + text + "'");
    }
  }

  @Override
  public int compareTo(Version other) {
    int byCore = compareCore(core().split("\\."), other.core().split("\\."));
    if (byCore != 0) {
      return byCore;
    }
    String mine = preRelease();
    String others = other.preRelease();
    if (mine.isEmpty() || others.isEmpty()) {
      return Boolean.compare(mine.isEmpty(), others.isEmpty());
    }
    return comparePreRelease(mine.split("\\."), others.split("\\."));
  }

  private String core() {
    return text.split("[-+]", 2)[0];
  }

  private String preRelease() {
    String withoutBuild = text.split("\\+", 2)[0];
    int dash = withoutBuild.indexOf('-');
    return dash < 0 ? "" : withoutBuild.substring(dash + 1);
  }

  private static int compareCore(String[] a, String[] b) {
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      int order =
          Integer.compare(
              i < a.length ? Integer.parseInt(a[i]) : 0, i < b.length ? Integer.parseInt(b[i]) : 0);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int comparePreRelease(String[] a, String[] b) {
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      int order = compareIdentifier(a[i], b[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  private static int compareIdentifier(String a, String b) {
    boolean aNumber = isNumber(a);
    boolean bNumber = isNumber(b);
    if (aNumber && bNumber) {
      return new BigInteger(a).compareTo(new BigInteger(b));
    }
    return aNumber == bNumber ? a.compareTo(b) : aNumber ? -1 : 1;
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public String toString() {
    return text;
  }
}
