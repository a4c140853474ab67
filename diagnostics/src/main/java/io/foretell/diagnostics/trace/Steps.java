package io.foretell.diagnostics.trace;

import java.util.ArrayList;
import java.util.List;

/** Keeps the steps of one answer, at most {@value #MOST} of them. */
public final class Steps implements Trace {
  private static final int MOST = 1000;

  private final List<Step> steps = new ArrayList<>();

  /** No step yet. */
  public Steps() {}

  /**
   * One step.
   *
   * @param at first byte, from 0
   * @param length how many bytes
   * @param rule what they say
   * @param clause standard and clause
   */
  public record Step(int at, int length, String rule, String clause) {}

  @Override
  public void step(int at, int length, String rule, String clause) {
    if (steps.size() < MOST) {
      steps.add(new Step(at, length, rule, clause));
    }
  }

  /** The steps, in the order in which they were taken. */
  public List<Step> steps() {
    return List.copyOf(steps);
  }
}
