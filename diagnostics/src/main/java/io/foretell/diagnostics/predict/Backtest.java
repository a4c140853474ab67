package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.Outlook.Prediction;
import java.util.ArrayList;
import java.util.List;

/**
 * Which alarms a model would have raised over recorded lives, and when. A unit of the model's own
 * training table is judged by the trees that had not seen it.
 *
 * @param horizonCycles of the policy
 * @param slackCycles an alarm is early where more than the horizon and this were left
 * @param leadCycles an alarm is late where fewer than this were left
 * @param right alarms in time, and units that were rightly left alone
 * @param early alarms on units that had long to go
 * @param late alarms too late to act upon
 * @param missed units that came within the horizon without an alarm
 * @param recalled alarms that cleared before the failure
 * @param medianLead cycles left at the alarms that were in time; 0 where there were none
 */
public record Backtest(
    String model,
    double horizonCycles,
    int slackCycles,
    int leadCycles,
    int units,
    int right,
    int early,
    int late,
    int missed,
    int recalled,
    double medianLead,
    List<Judged> judged) {
  /** How one unit came out. */
  public enum Verdict {
    /** An alarm in time. */
    RIGHT,
    /** No alarm, and none was due. */
    QUIET,
    EARLY,
    LATE,
    MISSED
  }

  /**
   * @param cycles that the record has
   * @param remaining cycles that were left after them
   * @param alarmAt cycle of the first alarm, from 1; 0 where there was none
   * @param leftAtAlarm cycles that were truly left then; -1 where there was none
   * @param recalled how many alarms were cleared
   */
  public record Judged(
      String unit,
      int cycles,
      int remaining,
      Verdict verdict,
      int alarmAt,
      int leftAtAlarm,
      int recalled) {}

  /**
   * What is asked of the alarms.
   *
   * @param slackCycles 0 or more; about the model's error is fair
   * @param leadCycles what it takes to act
   */
  public record Terms(AlarmPolicy policy, int slackCycles, int leadCycles) {}

  /**
   * @param table recorded lives, each with what was left after it
   */
  public static Backtest of(
      RulModel model, RunToFailure table, Terms terms, ProgressListener progress) {
    UnitFeatures source = new UnitFeatures(model.scaling(), table);
    boolean own = table.digest().equals(model.trainedOn());
    List<Judged> judged = new ArrayList<>();
    for (RunToFailure.Unit unit : table.units()) {
      float[][] rows = source.rows(unit);
      double[] remaining = new double[rows.length];
      for (int c = 0; c < rows.length; c++) {
        remaining[c] = own ? model.remainingHeldOut(rows[c], unit.id()) : model.remaining(rows[c]);
      }
      judged.add(judge(model, unit, remaining, terms));
      progress.progress("units", judged.size(), table.units().size());
    }
    return of(model, terms, judged);
  }

  private static Backtest of(RulModel model, Terms terms, List<Judged> judged) {
    return new Backtest(
        model.id(),
        terms.policy().horizonCycles(),
        terms.slackCycles(),
        terms.leadCycles(),
        judged.size(),
        count(judged, Verdict.RIGHT) + count(judged, Verdict.QUIET),
        count(judged, Verdict.EARLY),
        count(judged, Verdict.LATE),
        count(judged, Verdict.MISSED),
        judged.stream().mapToInt(Judged::recalled).sum(),
        medianLead(judged),
        List.copyOf(judged));
  }

  private static Judged judge(
      RulModel model, RunToFailure.Unit unit, double[] remaining, Terms terms) {
    Alarm alarm = new Alarm();
    int first = -1;
    int recalled = 0;
    for (int c = 0; c < remaining.length; c++) {
      Prediction p = model.prediction(c, c + 1, remaining[c]);
      Alarm.Step step = alarm.take(p, terms.policy());
      if (step == Alarm.Step.RAISED && first < 0) {
        first = c;
      }
      recalled += step == Alarm.Step.CLEARED ? 1 : 0;
    }
    int left = first < 0 ? -1 : unit.remainingAfter(first);
    Verdict verdict = verdict(left, unit.remaining(), terms);
    return new Judged(
        unit.id(), remaining.length, unit.remaining(), verdict, first + 1, left, recalled);
  }

  private static Verdict verdict(int left, int remaining, Terms terms) {
    double horizon = terms.policy().horizonCycles();
    if (left < 0) {
      return remaining <= horizon ? Verdict.MISSED : Verdict.QUIET;
    }
    if (left > horizon + terms.slackCycles()) {
      return Verdict.EARLY;
    }
    return left < terms.leadCycles() ? Verdict.LATE : Verdict.RIGHT;
  }

  private static int count(List<Judged> judged, Verdict verdict) {
    return (int) judged.stream().filter(j -> j.verdict() == verdict).count();
  }

  private static double medianLead(List<Judged> judged) {
    int[] leads =
        judged.stream()
            .filter(j -> j.verdict() == Verdict.RIGHT)
            .mapToInt(Judged::leftAtAlarm)
            .sorted()
            .toArray();
    return leads.length == 0 ? 0 : leads[leads.length / 2];
  }
}
