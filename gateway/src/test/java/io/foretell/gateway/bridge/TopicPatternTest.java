package io.foretell.gateway.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPatternTest {
  @ParameterizedTest
  @CsvSource({
    "plant/{device}/{kind}, plant/+/+, plant/p7/faults, v1/d/p7/faults",
    "plant/+/{device}/#=frames, plant/+/+/#, plant/x/p7/a/b, v1/d/p7/frames",
    "{device}, +, p7, v1/d/p7/telemetry",
    "v1/d/{device}/{kind}, v1/d/+/+, v1/d/p7/telemetry, v1/d/p7/telemetry"
  })
  void pattern_gives_filter_and_path(String text, String filter, String topic, String path) {
    TopicPattern pattern = TopicPattern.parse(text);

    assertThat(pattern.filter()).isEqualTo(filter);
    assertThat(pattern.path(topic)).contains(path);
  }

  @Test
  void topic_that_does_not_match_has_no_path() {
    TopicPattern pattern = TopicPattern.parse("plant/{device}/{kind}");

    assertThat(pattern.path("plant/p7")).isEmpty();
    assertThat(pattern.path("plant/p7/faults/x")).isEmpty();
    assertThat(pattern.path("other/p7/faults")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plant/#",
        "{device}/{device}",
        "{device}/{kind}/{kind}",
        "{device}=x",
        "#/{device}",
        "a+/{device}",
        "{tenant}/{device}"
      })
  void pattern_that_is_none_is_refused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> TopicPattern.parse(text));
  }

  @Property(tries = 200)
  void pattern_of_any_text_is_read_or_refused(@ForAll String text, @ForAll String topic) {
    try {
      TopicPattern.parse(text).path(topic);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("'");
    }
  }
}
