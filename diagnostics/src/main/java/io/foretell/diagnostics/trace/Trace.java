package io.foretell.diagnostics.trace;

/** Is told of each group of bytes as a decoder reads it, and by which rule. */
@FunctionalInterface
public interface Trace {
  /** Listens to nothing. */
  Trace NONE = (at, length, rule, clause) -> {};

  /**
   * A rule was applied.
   *
   * @param at first byte, from 0
   * @param length how many bytes
   * @param rule what they say, in a few words
   * @param clause standard and clause that the rule is from
   */
  void step(int at, int length, String rule, String clause);
}
