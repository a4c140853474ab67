package io.foretell.diagnostics.episodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.episodes.Change.Kind;
import io.foretell.diagnostics.episodes.Episode.Phase;
import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EpisodesTest {
  private static final int CONFIRMED_AND_FAILING = 0x09;
  private static final int FAILING = 0x01;
  private static final int HISTORY = 0x08;
  private static final EpisodeRules RULES = new EpisodeRules(3, 1000, 2, 4, 4);

  private final Episodes episodes = new Episodes(RULES);

  @Test
  void fault_with_confirmed_bit_opens_at_once() {
    List<Change> changes =
        episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));

    assertThat(changes).extracting(Change::kind).containsExactly(Kind.OPENED);
    assertThat(only().phase()).isEqualTo(Phase.ACTIVE);
    assertThat(only().since()).isEqualTo(100);
  }

  @Test
  void unconfirmed_fault_opens_at_its_third_observation_and_is_dated_from_the_first() {
    assertThat(episodes.observe(100, "ecm", true, List.of(p0301(FAILING)))).isEmpty();
    assertThat(only().phase()).isEqualTo(Phase.SUSPECTED);
    assertThat(episodes.observe(200, "ecm", true, List.of(p0301(FAILING)))).isEmpty();

    List<Change> changes = episodes.observe(300, "ecm", true, List.of(p0301(FAILING)));

    assertThat(changes).extracting(Change::kind).containsExactly(Kind.OPENED);
    assertThat(changes.get(0).episode().since()).isEqualTo(100);
  }

  @Test
  void repetition_says_nothing_new() {
    episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));

    assertThat(episodes.observe(200, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)))).isEmpty();
    assertThat(only().observations()).isEqualTo(2);
  }

  @Test
  void stored_code_that_does_not_fail_opens_nothing() {
    assertThat(episodes.observe(100, "ecm", true, List.of(p0301(HISTORY)))).isEmpty();
    assertThat(episodes.open()).isEmpty();
  }

  @Test
  void rising_severity_and_lamp_are_told_and_falling_ones_are_not() {
    episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    Assessed red = new Assessed(fault("P0301", 0x09, Fault.Lamp.RED_STOP), Severity.CRITICAL, 0.9);

    assertThat(episodes.observe(200, "ecm", true, List.of(red)))
        .extracting(Change::kind)
        .containsExactly(Kind.WORSENED);
    assertThat(episodes.observe(300, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)))).isEmpty();
    assertThat(only().severity()).isEqualTo(Severity.CRITICAL);
  }

  @Test
  void whole_list_without_the_fault_and_a_later_report_heal_it() {
    episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", true, List.of());
    assertThat(only().phase()).isEqualTo(Phase.ABSENT);

    assertThat(episodes.advance(1199)).isEmpty();
    List<Change> changes = episodes.advance(5000);

    assertThat(changes).extracting(Change::kind).containsExactly(Kind.CLEARED);
    assertThat(changes.get(0).at()).isEqualTo(1200);
    assertThat(episodes.open()).isEmpty();
  }

  @Test
  void whole_list_of_another_source_proves_nothing() {
    episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "abs", true, List.of());

    assertThat(only().phase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void partial_list_without_the_fault_proves_nothing() {
    episodes.observe(100, "ecm", false, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", false, List.of());

    assertThat(only().phase()).isEqualTo(Phase.ACTIVE);
  }

  @Test
  void fault_named_as_not_failing_is_absent() {
    episodes.observe(100, "ecm", false, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", false, List.of(p0301(HISTORY)));

    assertThat(only().absentBy()).isEqualTo(Episode.Absence.NOT_FAILING);
    assertThat(episodes.advance(1200)).extracting(Change::kind).containsExactly(Kind.CLEARED);
  }

  @Test
  void recurrence_within_healing_is_the_same_episode_and_the_second_is_intermittent() {
    episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", true, List.of());
    assertThat(episodes.observe(900, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)))).isEmpty();
    episodes.observe(1000, "ecm", true, List.of());
    List<Change> changes =
        episodes.observe(1500, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));

    assertThat(changes).extracting(Change::kind).containsExactly(Kind.INTERMITTENT);
    assertThat(only().since()).isEqualTo(100);
    assertThat(only().occurrences()).isEqualTo(3);
  }

  @Test
  void recurrence_after_healing_is_a_new_episode_that_counts_on() {
    episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", true, List.of());
    episodes.advance(1300);
    List<Change> changes =
        episodes.observe(1300, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));

    assertThat(changes).extracting(Change::kind).containsExactly(Kind.OPENED);
    assertThat(only().since()).isEqualTo(1300);
    assertThat(only().occurrences()).isEqualTo(2);
  }

  @Test
  void suspicion_that_goes_away_is_dropped_without_a_word() {
    episodes.observe(100, "ecm", true, List.of(p0301(FAILING)));
    episodes.observe(200, "ecm", true, List.of());

    assertThat(episodes.advance(9000)).isEmpty();
    assertThat(episodes.open()).isEmpty();
  }

  @Test
  void late_fault_opens_unless_something_later_denies_it() {
    episodes.observe(500, "abs", true, List.of());
    episodes.observe(500, "tcm", false, List.of(at("P0700", HISTORY)));

    assertThat(episodes.observeLate(300, "ecm", List.of(p0301(CONFIRMED_AND_FAILING))))
        .extracting(Change::kind)
        .containsExactly(Kind.OPENED);
    assertThat(episodes.observeLate(300, "abs", List.of(at("C0035", CONFIRMED_AND_FAILING))))
        .isEmpty();
    assertThat(episodes.observeLate(300, "tcm", List.of(at("P0700", CONFIRMED_AND_FAILING))))
        .isEmpty();
    assertThat(only().identity()).isEqualTo("obd:P0301");
  }

  @Test
  void more_faults_than_fit_are_counted_and_memory_is_bounded() {
    for (int i = 0; i < 10; i++) {
      episodes.observe(100, "s" + i, true, List.of(at("P000" + i, CONFIRMED_AND_FAILING)));
      episodes.observe(100, "s" + i, false, List.of(at("P100" + i, HISTORY)));
    }

    assertThat(episodes.open()).hasSize(4);
    assertThat(episodes.refused()).isEqualTo(6);
    assertThat(episodes.listedAt).hasSize(4);
    assertThat(episodes.deniedAt).hasSize(4);
  }

  @Test
  void erased_fault_heals_only_after_its_test_has_run() {
    episodes.observe(100, "ecm", false, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", false, List.of(p0301(0x50)));
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.CLEARED);
    assertThat(episodes.nextHealing()).isEqualTo(Episodes.NEVER);
    assertThat(episodes.advance(5000)).isEmpty();

    episodes.observe(6000, "ecm", false, List.of(p0301(0x00)));

    assertThat(only().standing(2)).isEqualTo(Episode.Standing.HEALING);
    assertThat(episodes.advance(6999)).isEmpty();
    assertThat(episodes.advance(7000)).extracting(Change::kind).containsExactly(Kind.CLEARED);
  }

  @Test
  void erased_fault_that_comes_back_is_the_same_episode() {
    episodes.observe(100, "ecm", false, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", false, List.of(p0301(0x50)));
    episodes.observe(9000, "ecm", false, List.of(p0301(0x2F)));

    assertThat(only().since()).isEqualTo(100);
    assertThat(only().occurrences()).isEqualTo(2);
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.CONFIRMED);
  }

  @Test
  void erased_fault_of_a_source_that_lists_only_what_fails_heals_by_its_absence() {
    episodes.observe(100, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    episodes.observe(200, "ecm", true, List.of(p0301(0x50)));
    assertThat(only().absentBy()).isEqualTo(Episode.Absence.ERASED);
    episodes.observe(300, "ecm", true, List.of());

    assertThat(episodes.advance(1300)).extracting(Change::kind).containsExactly(Kind.CLEARED);
  }

  @Test
  void counter_of_the_device_tells_of_returns_nobody_saw_and_rolls_over() {
    episodes.observe(100, "sa:0", true, List.of(counted(124)));
    assertThat(episodes.observe(200, "sa:0", true, List.of(counted(125)))).isEmpty();
    assertThat(only().occurrences()).isEqualTo(2);

    List<Change> changes = episodes.observe(300, "sa:0", true, List.of(counted(1)));
    assertThat(changes).extracting(Change::kind).containsExactly(Kind.INTERMITTENT);
    assertThat(only().occurrences()).isEqualTo(5);
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.INTERMITTENT);

    episodes.observe(400, "sa:0", true, List.of(counted(90)));
    int before = only().occurrences();
    episodes.observe(500, "sa:0", true, List.of(counted(2)));
    assertThat(only().occurrences()).as("reset, not rolled over").isEqualTo(before);
    episodes.observe(600, "sa:0", true, List.of(counted(0)));
    assertThat(only().occurrences()).as("not counted").isEqualTo(before);
  }

  @Test
  void standing_follows_the_life_of_a_fault() {
    episodes.observe(100, "ecm", true, List.of(p0301(FAILING)));
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.NEW);
    episodes.observe(150, "ecm", true, List.of(p0301(FAILING)));
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.PENDING);
    episodes.observe(200, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.CONFIRMED);
    episodes.observe(300, "ecm", true, List.of());
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.HEALING);
    episodes.advance(1300);
    assertThat(episodes.open()).isEmpty();
    Healed healed = episodes.healed().get(0);
    assertThat(healed.code()).isEqualTo("P0301");
    assertThat(healed.since()).isEqualTo(100);
    assertThat(healed.at()).isEqualTo(1300);
    assertThat(healed.occurrences()).isEqualTo(1);
    EpisodesCodec codec = new EpisodesCodec(episodes.rules);
    assertThat(codec.decode(codec.encode(episodes)).healed()).isEqualTo(episodes.healed());
    episodes.observe(1400, "ecm", true, List.of(p0301(CONFIRMED_AND_FAILING)));
    assertThat(only().standing(2)).isEqualTo(Episode.Standing.RECURRING);
    assertThat(episodes.healed()).as("it is there again").isEmpty();
  }

  private static Assessed counted(int count) {
    Fault fault =
        new Fault("j1939", "sa:0", "SPN 100", 1, 0x09, Fault.Lamp.NONE, count, Map.of(), "Oil");
    return new Assessed(fault, Severity.MINOR, 0.9);
  }

  private Episode only() {
    assertThat(episodes.open()).hasSize(1);
    return episodes.open().iterator().next();
  }

  private static Assessed p0301(int status) {
    return at("P0301", status);
  }

  static Assessed at(String code, int status) {
    return new Assessed(fault(code, status, Fault.Lamp.NONE), Severity.MINOR, 0.9);
  }

  private static Fault fault(String code, int status, Fault.Lamp lamp) {
    return new Fault("obd", "", code, -1, status, lamp, 1, Map.of(), "Misfire");
  }
}
