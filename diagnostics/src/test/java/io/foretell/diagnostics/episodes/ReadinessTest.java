package io.foretell.diagnostics.episodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.episodes.Change.Kind;
import io.foretell.diagnostics.episodes.Episode.Absence;
import io.foretell.diagnostics.episodes.Episode.Standing;
import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is gone after a clear is healed only when the monitors that watch it have run. */
class ReadinessTest {
  private static final EpisodeRules RULES = new EpisodeRules(3, 1000, 2, 4, 4);
  private static final int MISFIRE = Monitor.MISFIRE.bit();
  private static final int EVAPORATIVE = Monitor.EVAPORATIVE.bit();
  private static final int CATALYST = Monitor.CATALYST.bit();
  private static final int ALL = MISFIRE | EVAPORATIVE | CATALYST;

  private Episodes episodes = new Episodes(RULES);

  @Test
  void fault_that_was_cleared_heals_only_after_the_monitors_have_run() {
    present(100, "SPN 102");
    episodes.ready(200, "sa:0", Readiness.monitors(true, ALL, ALL));
    absent(300);
    assertThat(only().absentBy()).isEqualTo(Absence.UNPROVEN);
    assertThat(only().standing(2)).isEqualTo(Standing.CLEARED);
    repack();
    absent(5_000);
    episodes.ready(6_000, "sa:0", Readiness.monitors(true, ALL, EVAPORATIVE));
    assertThat(episodes.nextHealing()).isEqualTo(Episodes.NEVER);
    assertThat(episodes.advance(9_000)).isEmpty();

    episodes.ready(10_000, "sa:0", Readiness.monitors(false, ALL, 0));
    assertThat(only().standing(2)).isEqualTo(Standing.HEALING);
    repack();
    assertThat(episodes.advance(10_999)).isEmpty();
    assertThat(episodes.advance(11_000)).extracting(Change::kind).containsExactly(Kind.CLEARED);
  }

  @Test
  void fault_whose_system_has_a_monitor_waits_for_that_one() {
    episodes.observe(100, "sa:0", true, List.of(code("SPN 1323"), code("SPN 102")));
    absent(200);
    episodes.ready(300, "sa:0", Readiness.monitors(true, ALL, EVAPORATIVE));

    assertThat(episodes.advance(1_200))
        .extracting(c -> c.episode().fault().code())
        .containsExactly("SPN 1323");
    assertThat(only().standing(2)).isEqualTo(Standing.CLEARED);
  }

  @Test
  void absence_that_came_before_word_of_the_clear_is_in_doubt_from_then_on() {
    present(100, "SPN 102");
    absent(200);
    episodes.ready(300, "sa:0", Readiness.monitors(false, ALL, ALL));
    assertThat(only().standing(2)).as("nobody cleared").isEqualTo(Standing.HEALING);
    episodes.ready(400, "sa:0", Readiness.monitors(true, 0, 0));

    assertThat(only().absentBy()).isEqualTo(Absence.UNPROVEN);
  }

  @ParameterizedTest
  @CsvSource({"3, -1, -1", "-1, 60, -1", "-1, -1, 90"})
  void counter_since_the_clear_that_falls_shows_a_clear(int warmUps, int km, int minutes) {
    present(100, "SPN 102");
    episodes.ready(110, "sa:0", Readiness.monitors(false, ALL, 0));
    episodes.ready(120, "sa:0", Readiness.since(warmUps, km, minutes));
    repack();
    episodes.ready(
        130, "sa:0", Readiness.since(warmUps < 0 ? -1 : 0, km < 0 ? -1 : 1, minutes < 0 ? -1 : 2));
    absent(200);
    assertThat(only().absentBy()).isEqualTo(Absence.UNPROVEN);

    episodes.ready(90, "sa:0", Readiness.monitors(false, ALL, 0));
    assertThat(only().absentBy()).as("word from before").isEqualTo(Absence.UNPROVEN);
    episodes.ready(300, "sa:0", Readiness.monitors(false, ALL, 0));
    assertThat(only().standing(2)).isEqualTo(Standing.HEALING);
  }

  @Test
  void source_that_never_says_readiness_heals_as_ever() {
    present(100, "SPN 102");
    episodes.ready(200, "sa:0", Readiness.monitors(true, 0, 0));
    episodes.ready(200, "sa:1", Readiness.monitors(true, ALL, ALL));
    absent(300);

    assertThat(only().standing(2)).isEqualTo(Standing.HEALING);
    assertThat(episodes.advance(1_300)).hasSize(1);
  }

  @Test
  void fault_that_came_after_the_clear_was_tested_and_heals_as_ever() {
    episodes.ready(50, "sa:0", Readiness.monitors(true, ALL, EVAPORATIVE));
    present(100, "SPN 102");
    absent(200);
    episodes.ready(300, "sa:0", Readiness.monitors(false, ALL, EVAPORATIVE));

    assertThat(only().standing(2)).isEqualTo(Standing.HEALING);
  }

  @Test
  void cleared_fault_that_comes_back_is_the_same_episode() {
    present(100, "SPN 102");
    episodes.ready(200, "sa:0", Readiness.monitors(true, ALL, ALL));
    absent(300);
    present(9_000, "SPN 102");

    assertThat(only().since()).isEqualTo(100);
    assertThat(only().occurrences()).isEqualTo(2);
    assertThat(only().standing(2)).isEqualTo(Standing.CONFIRMED);
  }

  @Test
  void code_that_is_named_as_tested_and_not_failing_is_in_doubt_no_more() {
    present(100, "SPN 102");
    episodes.ready(200, "sa:0", Readiness.monitors(true, ALL, ALL));
    absent(300);
    episodes.observe(400, "sa:0", false, List.of(code("SPN 102", 0x08)));

    episodes.ready(500, "sa:0", Readiness.monitors(false, ALL, ALL));

    assertThat(only().absentBy()).isEqualTo(Absence.NOT_FAILING);
    episodes.ready(600, "sa:0", Readiness.monitors(true, ALL, ALL));
    assertThat(only().absentBy()).as("cleared again").isEqualTo(Absence.UNPROVEN);
  }

  @Test
  void engine_units_of_the_bus_speak_for_powertrain_codes_of_a_device_and_for_no_others() {
    episodes.observe(
        100, "", true, List.of(EpisodesTest.at("P0442", 9), EpisodesTest.at("B1000", 9)));
    episodes.ready(150, "obd:7E8", Readiness.monitors(true, ALL, EVAPORATIVE));
    episodes.ready(160, "obd:7E9", Readiness.monitors(false, MISFIRE, 0));
    episodes.observe(200, "", true, List.of());

    assertThat(episodes.open())
        .extracting(e -> e.standing(2))
        .containsExactly(Standing.HEALING, Standing.CLEARED);
    episodes.ready(300, "obd:7E8", Readiness.monitors(false, ALL, 0));
    assertThat(episodes.open()).extracting(e -> e.standing(2)).containsOnly(Standing.HEALING);
  }

  @Test
  void sources_that_are_remembered_are_bounded_and_what_waited_for_one_heals() {
    present(100, "SPN 102");
    episodes.ready(200, "sa:0", Readiness.monitors(true, ALL, ALL));
    absent(300);
    for (int i = 1; i < 9; i++) {
      episodes.ready(300 + i, "sa:" + i, Readiness.monitors(true, ALL, ALL));
    }
    assertThat(episodes.watches).hasSize(4).doesNotContainKey("sa:0");
    absent(400);
    assertThat(only().standing(2)).isEqualTo(Standing.HEALING);
  }

  @Test
  void state_without_monitors_is_what_earlier_versions_wrote() {
    present(100, "SPN 102");
    EpisodesCodec codec = new EpisodesCodec(RULES);
    assertThat(codec.encode(episodes)[0]).isEqualTo((byte) 2);

    episodes.ready(200, "sa:0", Readiness.since(1, 2, 3));
    assertThat(codec.encode(episodes)[0]).isEqualTo((byte) 3);
    assertThat(codec.decode(codec.encode(episodes)).watches).isEqualTo(episodes.watches);
  }

  @ParameterizedTest
  @CsvSource({
    "obd, P0301, MISFIRE", "uds, P0456, EVAPORATIVE", "obd, P0420, CATALYST", "obd, P0128, ",
        "obd, C0040, ",
    "obd, P0033, ", "obd, P030A, ", "obd, P0423, ", "obd, P044A, ", "obd, P0425, ",
    "obd, B0300, ", "j1939, SPN 1324, MISFIRE", "j1939, SPN 100, ", "maker, P0301, ", "obd, P2BAE, "
  })
  void fault_is_watched_by_the_monitor_of_its_system_or_by_all(
      String family, String code, Monitor monitor) {
    Fault fault = new Fault(family, "", code, -1, 9, Fault.Lamp.NONE, 0, Map.of(), "");

    assertThat(Monitor.watching(fault, ALL)).isEqualTo(monitor == null ? ALL : monitor.bit());
    assertThat(Monitor.watching(fault, MISFIRE)).isEqualTo(MISFIRE);
  }

  private void present(long time, String code) {
    episodes.observe(time, "sa:0", true, List.of(code(code)));
  }

  private void absent(long time) {
    episodes.advance(time);
    episodes.observe(time, "sa:0", true, List.of());
  }

  private void repack() {
    EpisodesCodec codec = new EpisodesCodec(RULES);
    episodes = codec.decode(codec.encode(episodes));
  }

  private static Assessed code(String code) {
    return code(code, 0x09);
  }

  private static Assessed code(String code, int status) {
    Fault fault = new Fault("j1939", "sa:0", code, 3, status, Fault.Lamp.NONE, 0, Map.of(), code);
    return new Assessed(fault, Severity.MINOR, 0.9);
  }

  private Episode only() {
    assertThat(episodes.open()).hasSize(1);
    return episodes.open().iterator().next();
  }
}
