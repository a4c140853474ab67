package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.Detector;
import io.foretell.diagnostics.FindingId;
import io.foretell.diagnostics.Moment;
import io.foretell.diagnostics.Outlook;
import io.foretell.diagnostics.Outlook.Prediction;
import io.foretell.proto.Codec;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Evidence;
import io.foretell.proto.Finding.Kind;
import io.foretell.proto.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Predicts the remaining life of a device's part at each cycle, and says when it will fail within
 * the horizon.
 *
 * <p>A moment that has at least half of the model's sensors is a cycle; other moments are not
 * looked at. After a finding is cleared, the part's life begins anew: it was replaced.
 */
public final class RemainingLifePredictor implements Detector<LifeMemory> {
  private static final int DRIVERS = 3;

  private final RulModel model;
  private final AlarmPolicy policy;
  private final String subject;
  private final Set<String> signals;
  private final Codec<LifeMemory> codec;

  /** Predicts by {@code model}, and tells by {@code policy}. */
  public RemainingLifePredictor(RulModel model, AlarmPolicy policy) {
    this.model = model;
    this.policy = policy;
    this.subject = "rul:" + model.subject();
    this.signals = Set.copyOf(model.signals());
    this.codec = new LifeMemory.Packed(model);
  }

  @Override
  public String name() {
    return subject;
  }

  @Override
  public boolean wants(String signal) {
    return signals.contains(signal);
  }

  @Override
  public LifeMemory fresh() {
    return new LifeMemory(model.scaling().sensors().size());
  }

  @Override
  public Codec<LifeMemory> codec() {
    return codec;
  }

  @Override
  public void take(LifeMemory memory, DeviceId device, Moment moment, Consumer<Finding> out) {
    double[] sensors = values(moment, model.scaling().sensors());
    if (missing(sensors) * 2 > sensors.length) {
      return;
    }
    double[] settings = values(moment, model.scaling().settings());
    memory.ran(moment.time(), model.scaling().steps(settings, sensors));
    float[] features = memory.window().features();
    double remaining = model.remaining(features);
    Prediction p = model.prediction(moment.time(), memory.window().cycles(), remaining);
    memory.predicted(p);
    Alarm.Step step = memory.alarm().take(p, policy);
    if (step != Alarm.Step.NONE) {
      out.accept(finding(step, memory, device, features, remaining));
    }
    if (step == Alarm.Step.CLEARED) {
      memory.beginNewLife();
    }
  }

  @Override
  public List<Outlook> outlook(LifeMemory memory) {
    List<Prediction> trend = memory.trend();
    if (trend.isEmpty() || memory.window().cycles() == 0) {
      return List.of();
    }
    return List.of(
        new Outlook.RemainingLife(
            subject,
            trend,
            memory.cycleMillis(),
            memory.alarm().raised(),
            model.drivers(memory.window().features(), DRIVERS),
            model.id()));
  }

  private static double[] values(Moment moment, List<String> names) {
    double[] values = new double[names.size()];
    for (int i = 0; i < values.length; i++) {
      Double value = moment.values().get(names.get(i));
      values[i] = value == null ? Double.NaN : value;
    }
    return values;
  }

  private static int missing(double[] values) {
    int missing = 0;
    for (double v : values) {
      missing += Double.isNaN(v) ? 1 : 0;
    }
    return missing;
  }

  private Finding finding(
      Alarm.Step step, LifeMemory memory, DeviceId device, float[] features, double remaining) {
    List<Prediction> trend = memory.trend();
    Prediction now = trend.get(trend.size() - 1);
    boolean cleared = step == Alarm.Step.CLEARED;
    Kind kind = cleared ? Kind.CLEARED : Kind.PREDICTED_FAILURE;
    String told = step == Alarm.Step.WORSE ? Double.toString(now.rul()) : "";
    double within = model.within(remaining, policy.horizonCycles());
    return new Finding(
        FindingId.of(device, subject, memory.alarm().since(), kind, told),
        kind,
        subject,
        title(cleared, now),
        now.rul() <= policy.urgent() ? Severity.CRITICAL : Severity.MAJOR,
        cleared ? 1 - within : within,
        cleared ? Optional.empty() : horizon(now, memory.cycleMillis()),
        now.at(),
        memory.alarm().since(),
        memory.alarm().times(),
        Optional.empty(),
        evidence(cleared, trend, model.drivers(features, DRIVERS)),
        model.id());
  }

  private String title(boolean cleared, Prediction now) {
    return String.format(
        Locale.ROOT,
        cleared
            ? "%s: no failure within reach any more, about %.0f cycles left (80 %%: %.0f to %.0f)"
            : "%s: will fail in about %.0f cycles (80 %%: %.0f to %.0f)",
        model.subject(),
        now.rul(),
        now.p10(),
        now.p90());
  }

  private static Optional<Duration> horizon(Prediction now, long cycleMillis) {
    return cycleMillis == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Math.round(now.rul() * cycleMillis)));
  }

  private static List<Evidence> evidence(
      boolean cleared, List<Prediction> trend, Map<String, Double> drivers) {
    List<Evidence> evidence = new ArrayList<>();
    for (Prediction p : trend) {
      evidence.add(
          new Evidence(
              "prediction",
              p.at(),
              String.format(Locale.ROOT, "Cycle %d: %.0f cycles left", p.cycle(), p.rul()),
              Map.of("rul.cycles", p.rul(), "rul.p10", p.p10(), "rul.p90", p.p90())));
    }
    long now = trend.get(trend.size() - 1).at();
    if (!drivers.isEmpty()) {
      evidence.add(
          new Evidence("signal", now, "What moves the prediction most, cycles by signal", drivers));
    }
    if (cleared) {
      evidence.add(new Evidence("healing", now, "The prediction has recovered", Map.of()));
    }
    return evidence;
  }
}
