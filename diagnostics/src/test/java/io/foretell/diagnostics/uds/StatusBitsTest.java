package io.foretell.diagnostics.uds;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.diagnostics.episodes.Assessed;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.diagnostics.episodes.EpisodeRules;
import io.foretell.diagnostics.episodes.Episodes;
import io.foretell.proto.Fault;
import io.foretell.proto.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every status byte of ISO 14229-1 D.2.3, by its names and by what an episode makes of it. */
final class StatusBitsTest {
  /** D.2.3.1 to D.2.3.8. */
  private static final String[] NAMES = {
    "testFailed",
    "testFailedThisOperationCycle",
    "pendingDTC",
    "confirmedDTC",
    "testNotCompletedSinceLastClear",
    "testFailedSinceLastClear",
    "testNotCompletedThisOperationCycle",
    "warningIndicatorRequested"
  };

  @Test
  void every_status_byte_has_the_names_of_its_bits() {
    for (int status = 0; status < 256; status++) {
      List<String> expected = new ArrayList<>();
      for (int bit = 0; bit < 8; bit++) {
        if ((status & 1 << bit) != 0) {
          expected.add(NAMES[bit]);
        }
      }
      assertThat(StatusBits.names(status)).as("0x%02X", status).isEqualTo(expected);
    }
  }

  @Test
  void every_status_byte_begins_an_episode_where_it_says_that_the_fault_is_there() {
    for (int status = 0; status < 256; status++) {
      boolean there = (status & 0b0000_0101) != 0; // testFailed, pendingDTC
      boolean confirmed = (status & 0b0000_1000) != 0;
      Episodes episodes = episodes();
      episodes.observe(1000, "ecm", true, List.of(fault(status)));

      assertThat(fault(status).fault().active()).isEqualTo(there);
      assertThat(episodes.open()).as("0x%02X", status).hasSize(there ? 1 : 0);
      if (there) {
        assertThat(episodes.open().iterator().next().standing(3))
            .isEqualTo(confirmed ? Episode.Standing.CONFIRMED : Episode.Standing.NEW);
      }
    }
  }

  @Test
  void every_status_byte_ends_an_episode_where_it_says_that_the_fault_is_gone() {
    for (int status = 0; status < 256; status++) {
      boolean there = (status & 0b0000_0101) != 0;
      boolean untested = (status & 0b0001_0000) != 0; // testNotCompletedSinceLastClear
      Episodes episodes = episodes();
      episodes.observe(1000, "ecm", true, List.of(fault(0x2F)));
      episodes.observe(2000, "ecm", true, List.of(fault(status)));
      Episode.Standing after = episodes.open().iterator().next().standing(3);
      episodes.advance(2000 + 10_000);

      Episode.Standing gone = untested ? Episode.Standing.CLEARED : Episode.Standing.HEALING;
      assertThat(after).as("0x%02X", status).isEqualTo(there ? Episode.Standing.CONFIRMED : gone);
      // Gone for the healing period: healed, unless nothing has tested it since it was cleared.
      assertThat(episodes.open()).as("0x%02X", status).hasSize(there || untested ? 1 : 0);
    }
  }

  private static Episodes episodes() {
    return new Episodes(new EpisodeRules(3, 10_000, 3, 16, 16));
  }

  private static Assessed fault(int status) {
    return new Assessed(
        new Fault("uds", "ecm", "P0301", 0, status, Fault.Lamp.NONE, 0, Map.of(), "Misfire"),
        Severity.MINOR,
        0.9);
  }
}
