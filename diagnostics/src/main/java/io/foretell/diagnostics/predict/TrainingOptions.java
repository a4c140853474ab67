package io.foretell.diagnostics.predict;

import java.util.List;

/**
 * How a predictor is trained.
 *
 * @param subject what wears out: {@code engine}; findings have the cause {@code rul:engine}
 * @param settings columns that say how the unit was run; where they cluster, each cluster is scaled
 *     for itself
 * @param cap cycles; remaining life beyond is not told apart, as wear does not show yet
 * @param folds in how many groups the units are held out; so many sets of trees are trained
 * @param trees in a set
 * @param rate how much of each tree is added, 0–1
 * @param leaves at most, of a tree
 * @param minRows in a leaf
 * @param smoothing rows of value zero that each leaf has besides its own
 * @param rowShare of the rows that a tree sees, 0–1
 * @param featureShare of the features that a tree sees, 0–1
 * @param seed of every random choice
 */
public record TrainingOptions(
    String subject,
    List<String> settings,
    int cap,
    int folds,
    int trees,
    double rate,
    int leaves,
    int minRows,
    double smoothing,
    double rowShare,
    double featureShare,
    long seed) {
  /** Refuses what cannot be trained. */
  public TrainingOptions {
    settings = List.copyOf(settings);
    if (cap < 1 || folds < 2 || trees < 1 || leaves < 2 || minRows < 1) {
      throw new IllegalArgumentException("training options out of range");
    }
  }

  /**
   * What did best on units of C-MAPSS FD001 that were held out of its training file: a cap of 125
   * cycles (Heimes, PHM 2008), five folds of 200 trees.
   */
  public static TrainingOptions standard(String subject, List<String> settings) {
    return new TrainingOptions(subject, settings, 125, 5, 200, 0.06, 16, 40, 1, 0.3, 0.5, 1);
  }

  GradientBoosting.Settings boosting() {
    return new GradientBoosting.Settings(
        trees, rate, leaves, minRows, smoothing, rowShare, featureShare);
  }
}
