package io.foretell.diagnostics.uds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusHistoryTest {
  private final StatusHistory history = new StatusHistory();

  @Test
  void life_of_a_code_is_told_from_one_answer_to_the_next() {
    assertThat(events("50", false)).containsExactly(StatusHistory.Event.NEW);
    assertThat(events("27", false))
        .containsExactly(StatusHistory.Event.FAILED, StatusHistory.Event.PENDING);
    assertThat(events("AF", false))
        .containsExactly(StatusHistory.Event.CONFIRMED, StatusHistory.Event.LAMP);
    assertThat(events("AF", false)).isEmpty();
    assertThat(events("2E", false))
        .containsExactly(StatusHistory.Event.PASSED, StatusHistory.Event.LAMP);
    assertThat(events("68", false)).containsExactly(StatusHistory.Event.NEW_CYCLE);
    assertThat(events("20", false)).containsExactly(StatusHistory.Event.AGED);
    assertThat(events("50", false)).containsExactly(StatusHistory.Event.CLEARED);
  }

  @Test
  void code_that_a_complete_answer_leaves_out_is_gone() {
    events("2F", true);

    List<StatusHistory.Change> changes = history.next(report("5902FF"), true);

    assertThat(changes)
        .containsExactly(
            new StatusHistory.Change(0x030114, 0x2F, -1, List.of(StatusHistory.Event.GONE)));
  }

  @Test
  void bits_that_the_unit_does_not_support_count_for_nothing() {
    history.next(report("590209030114" + "09"), false);

    assertThat(history.next(report("590209030114" + "F9"), false)).isEmpty();
  }

  private List<StatusHistory.Event> events(String status, boolean complete) {
    List<StatusHistory.Change> changes = history.next(report("5902FF030114" + status), complete);
    return changes.isEmpty() ? List.of() : changes.get(0).events();
  }

  private static DtcReport report(String hex) {
    return DtcReports.read(HexFormat.of().parseHex(hex), DataSizes.UNKNOWN);
  }
}
