package io.foretell.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SoakCommandTest {
  private static final List<Double> MINUTES = List.of(1.0, 2.0, 3.0, 4.0, 5.0);

  @Test
  void slope_of_a_straight_line_is_its_rise() {
    assertThat(SoakCommand.slope(MINUTES, List.of(3.0, 5.0, 7.0, 9.0, 11.0)))
        .isCloseTo(2, within(1e-9));
  }

  @Test
  void slope_does_not_follow_one_state_that_stands_out() {
    assertThat(SoakCommand.slope(MINUTES, List.of(100.0, 100.0, 900.0, 100.0, 100.0))).isZero();
  }

  @Test
  void slope_of_one_state_is_zero() {
    assertThat(SoakCommand.slope(List.of(1.0), List.of(5.0))).isZero();
  }
}
