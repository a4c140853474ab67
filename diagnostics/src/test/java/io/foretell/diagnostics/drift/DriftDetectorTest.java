package io.foretell.diagnostics.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.Moment;
import io.foretell.diagnostics.Outlook;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.Finding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DriftDetectorTest {
  private static final DeviceId DEVICE = DeviceId.parse("pack-1");
  private static final String SIGNAL = "battery.voltage";

  private final DriftDetector detector =
      new DriftDetector(List.of(DriftRule.cautious("battery.*")));
  private final DriftMemory memory = detector.fresh();
  private final List<Finding> findings = new ArrayList<>();
  private final Random random = new Random(11);
  private long time;

  @Test
  void signal_that_leaves_its_level_is_told_once_and_cleared_when_it_is_back() {
    feed(600, 12.6, 0.05);
    feed(200, 12.1, 0.05);
    feed(400, 12.6, 0.05);

    assertThat(findings).extracting(Finding::kind).containsExactly(Kind.ANOMALY, Kind.CLEARED);
    Finding anomaly = findings.get(0);
    assertThat(anomaly.cause()).isEqualTo("drift:battery.voltage");
    assertThat(anomaly.at()).isBetween(600L, 640L);
    assertThat(anomaly.confidence()).isBetween(0.7, 0.99);
    assertThat(anomaly.evidence().get(0).values())
        .containsKeys(SIGNAL, "baseline", "deviation.sigmas");
    assertThat(anomaly.evidence().get(0).values().get("deviation.sigmas")).isLessThan(-5);
    assertThat(findings.get(1).since()).isEqualTo(anomaly.since());
  }

  @Property(tries = 50)
  void noise_and_spikes_raise_nothing(@ForAll long seed) {
    random.setSeed(seed);
    for (int i = 0; i < 20; i++) {
      feed(500, 12.6, 0.05);
      feed(1, 900, 0);
      feed(1, -900, 0);
    }

    assertThat(findings).isEmpty();
  }

  @Test
  void second_drift_counts_on() {
    feed(400, 1, 0.1);
    feed(100, 2, 0.1);
    feed(300, 1, 0.1);
    feed(100, 2, 0.1);

    assertThat(findings).extracting(Finding::occurrences).containsExactly(1, 1, 2);
    assertThat(findings).extracting(Finding::id).doesNotHaveDuplicates();
  }

  @Test
  void signal_that_stood_still_drifts_at_its_first_lasting_change() {
    feed(300, 0, 0);
    feed(60, 1, 0);

    assertThat(findings).extracting(Finding::kind).containsExactly(Kind.ANOMALY);
  }

  @Test
  void only_what_a_rule_names_is_watched() {
    assertThat(detector.wants("battery.current")).isTrue();
    assertThat(detector.wants("engine.coolant")).isFalse();
    assertThat(new DriftDetector(List.of()).wants(SIGNAL)).isFalse();
  }

  @Test
  void signals_of_a_device_are_bounded() {
    for (int i = 0; i < 100; i++) {
      take("battery.cell" + i, 1);
    }

    assertThat(detector.outlook(memory)).hasSize(64);
  }

  @Test
  void outlook_shows_phase_and_level_and_memory_is_small_once_learned() {
    feed(100, 12.6, 0.05);
    assertThat(drift().phase()).isEqualTo(Outlook.Drift.Phase.LEARNING);
    feed(300, 12.6, 0.05);
    assertThat(drift().phase()).isEqualTo(Outlook.Drift.Phase.STEADY);
    assertThat(drift().baseline()).isBetween(12.55, 12.65);
    feed(100, 13.6, 0.05);
    assertThat(drift().phase()).isEqualTo(Outlook.Drift.Phase.DRIFTING);
    assertThat(detector.codec().encode(memory).length).isLessThan(90);
  }

  private Outlook.Drift drift() {
    return (Outlook.Drift) detector.outlook(memory).get(0);
  }

  private void feed(int samples, double level, double noise) {
    for (int i = 0; i < samples; i++) {
      take(SIGNAL, level + noise * random.nextGaussian());
    }
  }

  private void take(String signal, double value) {
    Moment moment = new Moment(time++, new TreeMap<>(Map.of(signal, value)));
    detector.take(memory, DEVICE, moment, findings::add);
  }
}
