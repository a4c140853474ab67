package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.Outlook.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/**
 * How good a model is on units whose remaining life after their last cycle is known: the C-MAPSS
 * protocol. Truth is taken raw and capped, as publications do either.
 *
 * @param rmseCapped root of the mean squared error, cycles
 * @param scoreCapped the score of the PHM08 challenge (Saxena and others 2008): early predictions
 *     cost exp(d/13) − 1, late ones exp(d/10) − 1, summed over the units; less is better
 * @param coverage share of the capped truth that is within the 80 % interval
 * @param width mean width of that interval, cycles
 */
public record Evaluation(
    String model,
    int units,
    double rmseCapped,
    double rmseRaw,
    double maeCapped,
    double scoreCapped,
    double scoreRaw,
    double coverage,
    double width,
    List<Judged> judged) {
  private static final double EARLY = 13;
  private static final double LATE = 10;

  /** One unit: what is true, uncapped, and what was predicted. */
  public record Judged(String unit, int cycles, int truth, double rul, double p10, double p90) {}

  /**
   * @param table units cut off before they failed, with their remaining lives
   */
  public static Evaluation of(RulModel model, RunToFailure table, ProgressListener progress) {
    UnitFeatures source = new UnitFeatures(model.scaling(), table);
    List<Judged> judged = new ArrayList<>();
    for (RunToFailure.Unit unit : table.units()) {
      float[][] rows = source.rows(unit);
      Prediction p = model.prediction(0, rows.length, model.remaining(rows[rows.length - 1]));
      judged.add(new Judged(unit.id(), rows.length, unit.remaining(), p.rul(), p.p10(), p.p90()));
      progress.progress("units", judged.size(), table.units().size());
    }
    return of(model, judged);
  }

  private static Evaluation of(RulModel model, List<Judged> judged) {
    int cap = model.cap();
    return new Evaluation(
        model.id(),
        judged.size(),
        Math.sqrt(mean(judged, cap, (p, t) -> (p - t) * (p - t))),
        Math.sqrt(mean(judged, Integer.MAX_VALUE, (p, t) -> (p - t) * (p - t))),
        mean(judged, cap, (p, t) -> Math.abs(p - t)),
        judged.size() * mean(judged, cap, Evaluation::phm08),
        judged.size() * mean(judged, Integer.MAX_VALUE, Evaluation::phm08),
        judged.stream().mapToInt(j -> covered(j, cap)).average().orElse(0),
        judged.stream().mapToDouble(j -> j.p90() - j.p10()).average().orElse(0),
        List.copyOf(judged));
  }

  private static double mean(
      List<Judged> judged, int cap, ToDoubleBiFunction<Double, Double> figure) {
    return judged.stream()
        .mapToDouble(j -> figure.applyAsDouble(j.rul(), (double) Math.min(cap, j.truth())))
        .average()
        .orElse(0);
  }

  private static double phm08(double predicted, double truth) {
    double d = predicted - truth;
    return Math.exp(d < 0 ? -d / EARLY : d / LATE) - 1;
  }

  private static int covered(Judged j, int cap) {
    int truth = Math.min(cap, j.truth());
    return j.p10() <= truth && truth <= j.p90() ? 1 : 0;
  }
}
