package io.foretell.diagnostics.episodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.episodes.Change.Kind;
import io.foretell.diagnostics.episodes.Episode.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a device reports, its episodes tell a story that its reports bear out. */
class EpisodesHistoryTest {
  private static final long HEALING = 50;
  private static final EpisodeRules RULES = new EpisodeRules(2, HEALING, 2, 100, 100);

  /** A report: how long after the one before, of which source, and each code's status. */
  record Report(int after, String source, boolean complete, Map<String, Integer> codes) {}

  @Provide
  Arbitrary<List<Report>> reports() {
    Arbitrary<Map<String, Integer>> codes =
        Arbitraries.maps(
                Arbitraries.of("A", "B"), Arbitraries.of(0x00, 0x01, 0x04, 0x08, 0x09, 0x50))
            .ofMaxSize(2);
    return Combinators.combine(
            Arbitraries.of(1, 5, 20, 49, 50, 120),
            Arbitraries.of("x", "y"),
            Arbitraries.of(true, false),
            codes)
        .as(Report::new)
        .list()
        .ofMaxSize(40);
  }

  @Property(tries = 500)
  void episodes_alternate_and_clear_only_after_a_whole_healing_period(
      @ForAll("reports") List<Report> reports) {
    Episodes episodes = new Episodes(RULES);
    EpisodesCodec codec = new EpisodesCodec(RULES);
    Map<String, Boolean> told = new HashMap<>();
    Map<String, Long> lastFailing = new HashMap<>();
    Map<String, Integer> occurrences = new HashMap<>();
    long time = 0;
    for (Report r : reports) {
      time += r.after();
      List<Change> changes = new ArrayList<>(episodes.advance(time));
      for (Change c : changes) {
        assertThat(c.kind()).isEqualTo(Kind.CLEARED);
        assertThat(c.at()).isLessThanOrEqualTo(time);
        assertThat(c.at() - lastFailing.get(c.episode().identity()))
            .isGreaterThanOrEqualTo(HEALING);
      }
      changes.addAll(episodes.observe(time, r.source(), r.complete(), named(r)));
      for (Change c : changes) {
        String identity = c.episode().identity();
        boolean opens = c.kind() == Kind.OPENED;
        assertThat(told.getOrDefault(identity, false)).isEqualTo(!opens);
        told.put(identity, c.kind() != Kind.CLEARED);
        assertThat(c.episode().occurrences())
            .isGreaterThanOrEqualTo(occurrences.getOrDefault(identity, 0) + (opens ? 1 : 0));
        occurrences.put(identity, c.episode().occurrences());
      }
      for (Map.Entry<String, Integer> code : r.codes().entrySet()) {
        if ((code.getValue() & 0x05) != 0) {
          lastFailing.put("obd:" + code.getKey(), time);
        }
      }
      assertThatOpenOnesFollow(episodes, r, time, told);
      episodes = codec.decode(codec.encode(episodes));
    }
  }

  private static void assertThatOpenOnesFollow(
      Episodes episodes, Report r, long time, Map<String, Boolean> told) {
    for (Episode e : episodes.open()) {
      Integer status = r.codes().get(e.fault().code());
      if (status != null) {
        boolean failing = (status & 0x05) != 0;
        assertThat(e.phase() != Phase.ABSENT).isEqualTo(failing);
      } else if (r.complete() && e.source().equals(r.source())) {
        assertThat(e.phase()).isEqualTo(Phase.ABSENT);
      }
      assertThat(e.announced()).isEqualTo(told.getOrDefault(e.identity(), false));
      assertThat(e.lastSeen()).isLessThanOrEqualTo(time);
    }
    long tellable = told.values().stream().filter(t -> t).count();
    assertThat(episodes.open().stream().filter(Episode::announced).count()).isEqualTo(tellable);
  }

  private static List<Assessed> named(Report r) {
    return r.codes().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(c -> EpisodesTest.at(c.getKey(), c.getValue()))
        .toList();
  }
}
