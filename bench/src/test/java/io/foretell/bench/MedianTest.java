package io.foretell.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {
  @Test
  void of_an_odd_number_it_is_the_one_in_the_middle() {
    assertThat(Median.of(List.of(3.0, 100.0, 1.0))).isEqualTo(new Median(3, 1, 100, 3));
  }

  @Test
  void of_an_even_number_it_is_the_mean_of_two() {
    assertThat(Median.of(List.of(4.0, 1.0, 2.0, 100.0)).middle()).isEqualTo(3);
  }

  @Test
  void of_nothing_there_is_none() {
    assertThatThrownBy(() -> Median.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rows_say_whether_they_are_reached() {
    assertThat(Row.atMost("cost", 0.8, 0.8, "", "").reached()).isTrue();
    assertThat(Row.atMost("cost", 0.8, 0.81, "", "").reached()).isFalse();
    assertThat(Row.atLeast("rate", 15_000, 14_999, "/s", "").reached()).isFalse();
    assertThat(Row.table(List.of(Row.atLeast("rate", 15_000, 42_785, "/s", "3 rounds"))))
        .endsWith("| rate | ≥ 15,000 /s | 42,785 /s | yes | 3 rounds |\n");
  }
}
