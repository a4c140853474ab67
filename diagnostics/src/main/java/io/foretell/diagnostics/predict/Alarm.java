package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.Outlook.Prediction;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;

/** Whether a failure is predicted now, and what was last told of it. */
final class Alarm {
  private boolean raised;
  private int inARow;
  private long since;
  private double told;
  private int times;

  /** What follows from a prediction. */
  enum Step {
    NONE,
    RAISED,
    WORSE,
    CLEARED
  }

  Step take(Prediction p, AlarmPolicy policy) {
    if (!raised) {
      return p.cycle() < policy.minCycles() ? Step.NONE : whileQuiet(p, policy);
    }
    inARow = p.rul() >= policy.clearBeyond() ? inARow + 1 : 0;
    if (inARow >= policy.clearAfter()) {
      raised = false;
      inARow = 0;
      return Step.CLEARED;
    }
    boolean turnsUrgent = p.rul() <= policy.urgent() && told > policy.urgent();
    if (turnsUrgent || p.rul() <= told / 2) {
      told = p.rul();
      return Step.WORSE;
    }
    return Step.NONE;
  }

  private Step whileQuiet(Prediction p, AlarmPolicy policy) {
    inARow = p.rul() <= policy.horizonCycles() ? inARow + 1 : 0;
    if (inARow < policy.confirm()) {
      return Step.NONE;
    }
    raised = true;
    inARow = 0;
    since = p.at();
    told = p.rul();
    times++;
    return Step.RAISED;
  }

  boolean raised() {
    return raised;
  }

  /** Event time at which it was last raised. */
  long since() {
    return since;
  }

  /** How often it was raised. */
  int times() {
    return times;
  }

  void pack(Packer out) {
    out.flag(raised).count(inARow).number(since).real(told).count(times);
  }

  static Alarm unpack(Unpacker in) {
    Alarm alarm = new Alarm();
    alarm.raised = in.flag();
    alarm.inARow = in.whole();
    alarm.since = in.number();
    alarm.told = in.real();
    alarm.times = in.whole();
    return alarm;
  }
}
