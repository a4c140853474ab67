package io.foretell.diagnostics.drift;

import io.foretell.diagnostics.Detector;
import io.foretell.diagnostics.FindingId;
import io.foretell.diagnostics.Moment;
import io.foretell.diagnostics.Outlook;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Evidence;
import io.foretell.proto.Finding.Kind;
import io.foretell.proto.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds signals that leave the level they had and stay away. It watches only signals that a rule
 * names: what is normal for a signal that nobody has thought about, nobody wants to be woken for.
 *
 * <p>A signal's baseline is that of its first samples on that device. It is a drift when the sum of
 * deviations reaches the threshold, and over when the sum is back at zero, which is the hysteresis.
 */
public final class DriftDetector implements Detector<DriftMemory> {
  private static final String MODEL = "drift-cusum/1";
  private static final double GRAVE = 6;

  private final List<DriftRule> rules;

  /**
   * @param rules the first that covers a signal counts; none: nothing is watched
   */
  public DriftDetector(List<DriftRule> rules) {
    this.rules = List.copyOf(rules);
  }

  @Override
  public String name() {
    return "drift";
  }

  @Override
  public boolean wants(String signal) {
    for (DriftRule rule : rules) {
      if (rule.covers(signal)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public DriftMemory fresh() {
    return new DriftMemory();
  }

  @Override
  public Codec<DriftMemory> codec() {
    return new DriftMemory.Packed();
  }

  @Override
  public void take(DriftMemory memory, DeviceId device, Moment moment, Consumer<Finding> out) {
    moment
        .values()
        .forEach(
            (signal, value) -> {
              Optional<DriftRule> rule = rule(signal);
              Optional<Track> track = rule.flatMap(r -> memory.track(signal, r));
              if (track.isPresent() && track.get().take(moment.time(), value, rule.get())) {
                out.accept(finding(device, signal, moment.time(), track.get()));
              }
            });
  }

  @Override
  public List<Outlook> outlook(DriftMemory memory) {
    List<Outlook> all = new ArrayList<>();
    memory.tracks.forEach((signal, track) -> all.add(track.outlook(subject(signal))));
    return all;
  }

  private Optional<DriftRule> rule(String signal) {
    return rules.stream().filter(r -> r.covers(signal)).findFirst();
  }

  private static Finding finding(DeviceId device, String signal, long time, Track track) {
    Kind kind = track.drifting() ? Kind.ANOMALY : Kind.CLEARED;
    String subject = subject(signal);
    return new Finding(
        FindingId.of(device, subject, track.since(), kind, ""),
        kind,
        subject,
        title(signal, track),
        Math.abs(track.deviation()) >= GRAVE ? Severity.MAJOR : Severity.MINOR,
        confidence(track),
        Optional.empty(),
        time,
        track.since(),
        track.times(),
        Optional.empty(),
        List.of(evidence(signal, time, track)),
        MODEL);
  }

  private static String title(String signal, Track track) {
    return String.format(
        Locale.ROOT,
        track.drifting() ? "%s has left its level: %.4g, was %.4g" : "%s is back: %.4g, was %.4g",
        signal,
        track.level(),
        track.baseline());
  }

  /** 78 % at the threshold, 95 % at twice the threshold; a clear by its being over is as sure. */
  private static double confidence(Track track) {
    return track.drifting() ? 1 - Math.exp(-1.5 * track.score()) : 1 - Math.exp(-3);
  }

  private static Evidence evidence(String signal, long time, Track track) {
    String text = track.drifting() ? "Recent level against the baseline" : "Back at the baseline";
    return new Evidence(
        track.drifting() ? "signal" : "healing",
        time,
        text,
        Map.of(
            signal,
            track.level(),
            "baseline",
            track.baseline(),
            "deviation.sigmas",
            track.deviation()));
  }

  private static String subject(String signal) {
    return "drift:" + signal;
  }
}
