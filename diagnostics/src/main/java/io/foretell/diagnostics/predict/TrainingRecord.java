package io.foretell.diagnostics.predict;

import java.util.List;

/**
 * How a model came to be, to be kept beside it.
 *
 * @param model its id
 * @param library what trained it
 * @param trainedAt ISO 8601, as the caller said
 * @param dataDigest of the table, {@code sha256:…}
 * @param signals that the table has
 * @param sensors that the model reads: those that vary
 * @param regimes ways of running that the settings show
 * @param heldOut how good it is on units that it had not seen
 * @param importances of features, the strongest first
 */
public record TrainingRecord(
    String model,
    String subject,
    String library,
    String trainedAt,
    String dataDigest,
    int units,
    int rows,
    List<String> signals,
    List<String> sensors,
    int regimes,
    TrainingOptions options,
    HeldOut heldOut,
    List<Importance> importances) {
  /**
   * Figures over all cycles of units that the trees in question had not seen; truth capped.
   *
   * @param rmse root of the mean squared error, cycles
   * @param mae mean absolute error, cycles
   * @param coverage share of the truth that is within the 80 % interval
   */
  public record HeldOut(double rmse, double mae, double coverage) {}

  /**
   * @param cycles by how many a feature moves a prediction, on average over units not seen
   */
  public record Importance(String feature, double cycles) {}
}
