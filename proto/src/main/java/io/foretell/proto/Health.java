package io.foretell.proto;

import java.util.List;

/**
 * How a part is.
 *
 * @param part its name, as an operator knows it: {@code lanes}, {@code history}, {@code mqtt}
 * @param ready whether it can do its work now
 * @param notices what an operator should know, worst first
 */
public record Health(String part, boolean ready, List<Notice> notices) {
  /** Copies the notices. */
  public Health {
    notices = List.copyOf(notices);
  }

  /** All is well. */
  public static Health good(String part) {
    return new Health(part, true, List.of());
  }

  /** It cannot do its work. */
  public static Health bad(String part, String code, String text, String advice) {
    return new Health(part, false, List.of(new Notice(code, Severity.CRITICAL, text, advice)));
  }

  /**
   * One thing to know.
   *
   * @param code stable, upper case
   * @param severity how bad
   * @param text what is the case
   * @param advice what to do about it
   */
  public record Notice(String code, Severity severity, String text, String advice) {}
}
