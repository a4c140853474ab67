package io.foretell.bench;

import java.util.Collection;

/**
 * The middle of several measurements and how far they spread.
 *
 * @param middle the median; of an even number the mean of the two in the middle
 */
record Median(double middle, double least, double most, int count) {
  static Median of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    int half = sorted.length / 2;
    double middle = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Median(middle, sorted[0], sorted[sorted.length - 1], sorted.length);
  }

  /** {@code middle [least–most]}. */
  @Override
  public String toString() {
    return "%s [%s–%s]".formatted(Row.number(middle), Row.number(least), Row.number(most));
  }
}
