package io.foretell.servicedesk;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent.Urgency;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrgencyPolicyTest {
  private final UrgencyPolicy policy = UrgencyPolicy.defaults();

  @ParameterizedTest
  @CsvSource({
    "CRITICAL, -1, 0, EMERGENCY",
    "CRITICAL, 24, 0, EMERGENCY",
    "CRITICAL, 25, 0, HIGH",
    "CRITICAL, 25, 5, EMERGENCY",
    "CRITICAL, 900, 0, MEDIUM",
    "MAJOR, -1, 0, HIGH",
    "MAJOR, -1, 500, HIGH",
    "MAJOR, 168, 0, MEDIUM",
    "MAJOR, 168, 5, HIGH",
    "MAJOR, 721, 0, LOW",
    "MINOR, -1, 4, MEDIUM",
    "MINOR, 25, 0, LOW",
    "INFO, -1, 0, LOW",
    "INFO, -1, 5, MEDIUM",
  })
  void problem_has_the_urgency_of_the_table(
      Severity severity, int hours, int exposure, Urgency expected) {
    assertThat(policy.of(severity, horizon(hours), exposure)).isEqualTo(expected);
  }

  @Property
  void only_what_is_critical_is_ever_an_emergency(
      @ForAll Severity severity,
      @ForAll @IntRange(min = -1, max = 2000) int hours,
      @ForAll @IntRange(min = 0, max = 2000) int exposure) {
    if (severity != Severity.CRITICAL) {
      assertThat(policy.of(severity, horizon(hours), exposure)).isNotEqualTo(Urgency.EMERGENCY);
    }
  }

  @Property
  void worse_sooner_and_more_is_never_less_urgent(
      @ForAll @IntRange(min = 0, max = 2) int severity,
      @ForAll @IntRange(min = 0, max = 2000) int hours,
      @ForAll @IntRange(min = 0, max = 20) int exposure) {
    Severity[] all = Severity.values();
    Urgency base = policy.of(all[severity], horizon(hours), exposure);

    assertThat(policy.of(all[severity + 1], horizon(hours), exposure)).isGreaterThanOrEqualTo(base);
    assertThat(policy.of(all[severity], horizon(hours / 2), exposure)).isGreaterThanOrEqualTo(base);
    assertThat(policy.of(all[severity], horizon(hours), exposure + 1)).isGreaterThanOrEqualTo(base);
  }

  private static Optional<Duration> horizon(int hours) {
    return hours < 0 ? Optional.empty() : Optional.of(Duration.ofHours(hours));
  }
}
