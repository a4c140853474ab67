package io.foretell.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RetentionTest {
  private static final long DAY = 86_400_000;

  @Test
  void first_rule_that_names_a_signal_holds() {
    Retention rules = Retention.parse("accel.*, *.vibration: 2d, 10s for 30d; 30d, 1m for forever");

    assertThat(rules.of("accel.x").raw()).isEqualTo(2 * DAY);
    assertThat(rules.of("axle.vibration").levels())
        .containsExactly(new Retention.Level(10_000, 30 * DAY));
    assertThat(rules.of("accelerator").levels())
        .containsExactly(new Retention.Level(60_000, Retention.FOREVER));
    assertThat(Retention.parse("a[1]/x: 1d").of("a[1]/x").raw()).isEqualTo(DAY);
    assertThat(Retention.parse("a[1]/x: 1d").of("a1/x").raw()).isEqualTo(Retention.FOREVER);
  }

  @Test
  void nothing_said_keeps_all_for_ever() {
    assertThat(Retention.parse("  ")).isEqualTo(Retention.NONE);
    assertThat(Retention.NONE.of("speed").cutoff(0, 100 * DAY)).isZero();
  }

  @Test
  void cutoffs_are_boundaries_of_the_next_buckets() {
    Retention.Rule rule = Retention.parse("30d, 1m for 90d, 1h for 365d").of("speed");
    long now = 20_000 * DAY + 12_345_678;

    for (int step = 0; step < 3; step++) {
      long keep = step == 0 ? 30 : step == 1 ? 90 : 365;
      long cutoff = rule.cutoff(step, now);
      assertThat(cutoff).isBetween(now - keep * DAY - keep * DAY / 31, now - keep * DAY);
    }
    assertThat(rule.cutoff(0, now) % 60_000).isZero();
    assertThat(rule.cutoff(1, now) % 3_600_000).isZero();
    assertThat(rule.cutoff(0, DAY)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30",
        "0d",
        "x: ",
        ": 3d",
        "30d, 1m",
        "30d, 1m for 20d",
        "30d, 1m for 90d, 90s for 365d",
        "30d, 1m for 90d, 1h for 60d",
        "30d 1m for 90d"
      })
  void rule_that_makes_no_sense_is_refused(String text) {
    assertThatThrownBy(() -> Retention.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
