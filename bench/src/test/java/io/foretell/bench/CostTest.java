package io.foretell.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class CostTest {
  private static Cost cost(double desk, double worker, double compiling) {
    return new Cost(new TreeMap<>(Map.of("desk", desk, "worker", worker)), compiling, 1, 2, 3);
  }

  @Test
  void cost_betweenTwoReadings_isOfAMillionMessages() {
    Cost.Used before = new Cost.Used(Map.of("desk", 10.0, "worker", 20.0), 5, 100, 50);
    Cost.Used after = new Cost.Used(Map.of("desk", 11.0, "worker", 23.0), 7, 108, 52);

    Cost cost = Cost.between(before, after, 500_000, 25_000_000_000L);

    assertThat(cost.ours()).containsExactly(Map.entry("desk", 2.0), Map.entry("worker", 6.0));
    assertThat(cost.all()).isEqualTo(8);
    assertThat(cost.compiling()).isEqualTo(4);
    assertThat(cost.brokers()).isEqualTo(16);
    assertThat(cost.databases()).isEqualTo(4);
    assertThat(cost.perSecond()).isEqualTo(20_000);
  }

  @Test
  void cost_ofAProcessThatCameMeanwhile_isAllThatItUsed() {
    Cost.Used before = new Cost.Used(Map.of(), 0, 0, 0);
    Cost.Used after = new Cost.Used(Map.of("worker-2", 3.0), 0, 0, 0);

    assertThat(Cost.between(before, after, 1_000_000, 1).ours()).containsEntry("worker-2", 3.0);
  }

  @Test
  void cost_ofNothing_isRefused() {
    Cost.Used used = new Cost.Used(Map.of("all", 1.0), 0, 0, 0);

    assertThatThrownBy(() -> Cost.between(used, used, 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nothing was acknowledged");
  }

  @Test
  void middle_ofRounds_isThatOfEachFigureByItself() {
    Cost middle = Cost.middle(List.of(cost(1, 30, 9), cost(2, 10, 7), cost(3, 20, 8)));

    assertThat(middle).isEqualTo(cost(2, 20, 8));
  }

  @Test
  void row_ofSeveralProcesses_saysWhatEachTook() {
    assertThat(Row.table(List.of(cost(2, 20, 8).row("Kafka, two", "5 devices"))))
        .endsWith(
            "| Kafka, two |  | 22.0 CPU-s/M |  | of it desk 2.00, worker 20.0; beside it compilers"
                + " 8.00, brokers 1.00, databases 2.00; 3.00 messages/s on one core with all of"
                + " them; 5 devices |\n");
  }

  @Test
  void row_ofOneProcess_isNotSplit() {
    Cost one = new Cost(new TreeMap<>(Map.of("all", 6.9)), 1, 0, 0, 140_513);

    assertThat(one.row("embedded", "1 rounds").how()).startsWith("beside it compilers 1.00");
    assertThat(one.row("embedded", "1 rounds").measured()).isEqualTo(6.9);
  }
}
