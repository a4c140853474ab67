package io.foretell.diagnostics.drift;

import io.foretell.diagnostics.Outlook;
import io.foretell.diagnostics.Outlook.Drift.Phase;
import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import java.util.Arrays;

/**
 * One signal: its baseline while it is learned, then two cumulative sums of its deviations, one
 * upwards and one downwards (Page, Continuous Inspection Schemes, Biometrika 41, 1954).
 *
 * <p>The baseline is median and median absolute deviation (Hampel, JASA 69, 1974), widened to the
 * central nine tenths where these are wider, as in signals that come and go. A deviation is
 * clipped, so a spike cannot raise an alarm. The threshold rises to twice what the sums reached
 * over the learned samples themselves: signals whose samples hang together need more.
 */
final class Track {
  private static final double MAD_TO_DEVIATION = 1.4826;
  private static final double HALF_NINE_TENTHS = 1.6449;
  private static final double CLIP = 4;
  private static final double FULL = 2;
  private static final double LEVEL_WEIGHT = 0.1;

  /** Of its size, the least a signal's noise is taken for; below that it is rounding. */
  private static final double LEAST_SHARE = 1e-4;

  private float[] learned;
  private int count;
  private double baseline;
  private double spread;
  private double threshold;
  private double up;
  private double down;
  private double level;
  private boolean drifting;
  private long since;
  private int times;

  Track(int learn) {
    learned = new float[learn];
  }

  /** Whether the state changed: into drift, or out of it. */
  boolean take(long time, double value, DriftRule rule) {
    if (count < learned.length) {
      learned[count++] = (float) value;
      if (count == learned.length) {
        settle(rule);
      }
      return false;
    }
    level += LEVEL_WEIGHT * (value - level);
    sum(value, rule.slack());
    double score = score();
    if (!drifting && score >= 1) {
      drifting = true;
      since = time;
      times++;
      return true;
    }
    if (drifting && score == 0) {
      drifting = false;
      return true;
    }
    return false;
  }

  private void settle(DriftRule rule) {
    float[] sorted = learned.clone();
    Arrays.sort(sorted);
    baseline = sorted[sorted.length / 2];
    float[] away = new float[sorted.length];
    for (int i = 0; i < away.length; i++) {
      away[i] = (float) Math.abs(sorted[i] - baseline);
    }
    Arrays.sort(away);
    double central =
        (sorted[sorted.length * 19 / 20] - sorted[sorted.length / 20]) / (2 * HALF_NINE_TENTHS);
    double least = Math.max(rule.minSpread(), LEAST_SHARE * Math.abs(baseline));
    spread = Math.max(MAD_TO_DEVIATION * away[away.length / 2], Math.max(central, least));
    if (spread == 0) {
      spread = Float.MIN_NORMAL;
    }
    level = baseline;
    threshold = Double.MAX_VALUE;
    double reached = 0;
    for (float value : learned) {
      sum(value, rule.slack());
      reached = Math.max(reached, Math.max(up, down));
    }
    threshold = Math.max(rule.threshold(), 2 * reached);
    up = 0;
    down = 0;
    learned = new float[0];
    count = 0;
  }

  private void sum(double value, double slack) {
    double z = Math.max(-CLIP, Math.min(CLIP, (value - baseline) / spread));
    up = Math.min(FULL * threshold, Math.max(0, up + z - slack));
    down = Math.min(FULL * threshold, Math.max(0, down - z - slack));
  }

  /** From 1 on it drifts; 2 at most. */
  double score() {
    return learned.length > 0 ? 0 : Math.max(up, down) / threshold;
  }

  boolean drifting() {
    return drifting;
  }

  long since() {
    return since;
  }

  int times() {
    return times;
  }

  double baseline() {
    return baseline;
  }

  double level() {
    return level;
  }

  /** How far the recent level is from the baseline, in standard deviations. */
  double deviation() {
    return (level - baseline) / spread;
  }

  Outlook.Drift outlook(String subject) {
    Phase phase = learned.length > 0 ? Phase.LEARNING : drifting ? Phase.DRIFTING : Phase.STEADY;
    return new Outlook.Drift(subject, phase, baseline, spread, level, score());
  }

  void pack(Packer out) {
    out.count(learned.length).count(count);
    for (int i = 0; i < count; i++) {
      out.real32(learned[i]);
    }
    if (learned.length == 0) {
      out.real(baseline).real(spread).real(threshold).real(up).real(down).real(level);
      out.flag(drifting).number(since).count(times);
    }
  }

  static Track unpack(Unpacker in) {
    Track track = new Track((int) Math.min(in.count(), Short.MAX_VALUE));
    track.count = Math.min(in.length(), track.learned.length);
    for (int i = 0; i < track.count; i++) {
      track.learned[i] = in.real32();
    }
    if (track.learned.length == 0) {
      track.baseline = in.real();
      track.spread = in.real();
      track.threshold = in.real();
      track.up = in.real();
      track.down = in.real();
      track.level = in.real();
      track.drifting = in.flag();
      track.since = in.number();
      track.times = in.whole();
    }
    return track;
  }
}
