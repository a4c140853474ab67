package io.foretell.ingest;

import static io.foretell.ingest.Bench.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.UplinkKind;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What decoding remembers of a device: its numbers, and what became of its uplinks. */
final class OrderAndLedgerTest {
  private final Bench bench = new Bench();

  @Test
  void message_that_was_stored_before_is_a_duplicate_in_any_order() {
    for (int sequence : new int[] {3, 1, 2, 3, 1, 4, 2}) {
      bench.send(UplinkKind.TELEMETRY, numbered(1, sequence));
    }
    bench.send(UplinkKind.TELEMETRY, numbered(2, 1));

    assertThat(bench.telemetry).hasSize(5);
    assertReasons(
        ReasonCode.DUPLICATE_SEQUENCE,
        ReasonCode.DUPLICATE_SEQUENCE,
        ReasonCode.DUPLICATE_SEQUENCE);
  }

  @Test
  void message_that_was_rejected_may_come_again() {
    Report bad = Report.newBuilder().setOrigin(origin(1, 1)).build();

    bench.send(UplinkKind.TELEMETRY, bad.toByteArray());
    bench.send(UplinkKind.TELEMETRY, numbered(1, 1));

    assertThat(bench.telemetry).hasSize(1);
  }

  @Test
  void messages_without_numbers_all_pass() {
    bench.send(UplinkKind.TELEMETRY, "{\"x\": 1}").send(UplinkKind.TELEMETRY, "{\"x\": 1}");

    assertThat(bench.telemetry).hasSize(2);
  }

  @Test
  void boots_beyond_the_last_four_are_forgotten() {
    for (int boot = 1; boot <= 5; boot++) {
      bench.send(UplinkKind.TELEMETRY, numbered(boot, 1));
    }
    bench.send(UplinkKind.TELEMETRY, numbered(2, 1));
    assertReasons(ReasonCode.DUPLICATE_SEQUENCE);
    assertThat(bench.state.boots()).hasSize(4);
  }

  @Test
  void ledger_counts_every_uplink_once() {
    bench.send(UplinkKind.TELEMETRY, numbered(1, 1));
    bench.send(UplinkKind.TELEMETRY, numbered(1, 1));
    bench.send(UplinkKind.TELEMETRY, "{");
    bench.send(UplinkKind.FAULTS, "[{\"code\": \"P0301\"}, {\"code\": \"P0302\"}]");

    assertThat(bench.state.stored()).isEqualTo(2);
    assertThat(bench.state.rejected())
        .isEqualTo(Map.of(ReasonCode.DUPLICATE_SEQUENCE, 1L, ReasonCode.MALFORMED_JSON, 1L));
    assertThat(bench.state.stored() + bench.state.rejectedTotal()).isEqualTo(4);
    assertThat(bench.state.lastReceivedAt()).isEqualTo(NOW);
  }

  private static io.foretell.proto.v1.Origin origin(long boot, long sequence) {
    return io.foretell.proto.v1.Origin.newBuilder().setBootId(boot).setSequence(sequence).build();
  }

  private static byte[] numbered(long boot, long sequence) {
    return Report.newBuilder()
        .setOrigin(origin(boot, sequence))
        .setBaseTime(NOW)
        .addSeries(Series.newBuilder().setSignal("x").addValue(sequence))
        .build()
        .toByteArray();
  }

  private void assertReasons(ReasonCode... reasons) {
    assertThat(bench.rejects).extracting(Reject::reason).containsExactly(reasons);
  }
}
