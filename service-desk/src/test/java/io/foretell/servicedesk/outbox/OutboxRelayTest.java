package io.foretell.servicedesk.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.foretell.proto.Await;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.TicketEvent.State;
import io.foretell.servicedesk.Desk;
import io.foretell.servicedesk.Findings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxRelayTest {
  @TempDir Path dir;

  private final Findings findings = new Findings(Desk.TENANT);
  private final FakeLane<TicketEvent> lane = new FakeLane<>();
  private Desk at;

  Desk desk(Path file) {
    return new Desk(file);
  }

  @BeforeEach
  void open() {
    at = desk(dir.resolve("desk.db"));
  }

  private OutboxRelay relay(ScheduledExecutorService scheduler, Relay... relays) {
    return new OutboxRelay(
        at.database.outbox(),
        List.of(relays),
        () -> Instant.ofEpochMilli(at.now.get()),
        scheduler,
        Duration.ofHours(1));
  }

  private LaneRelay toLane() {
    return new LaneRelay("tickets", at.database.outbox(), lane, Duration.ofSeconds(5));
  }

  @Test
  void changes_reach_the_lane_once_and_in_order_and_are_then_forgotten() {
    OutboxRelay relay = relay(Executors.newScheduledThreadPool(0), toLane());
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));
    at.desk.acknowledge(Desk.key("T-000001"), "ann");
    at.take(findings.cleared("truck-7", "obd:P0301", Findings.T0 + 1));

    assertThat(relay.pump(Findings.T0)).isEqualTo(3);
    assertThat(relay.pump(Findings.T0)).isZero();

    assertThat(lane.entries)
        .extracting(entry -> entry.value().state())
        .containsExactly(State.OPEN, State.ACKNOWLEDGED, State.VERIFIED);
    assertThat(lane.entries.get(0).key()).isEqualTo(findings.device("truck-7"));
    assertThat(at.database.outbox().after(0, 10)).isEmpty();
  }

  @Test
  void finding_that_only_repeats_goes_to_no_other_system() {
    OutboxRelay relay = relay(Executors.newScheduledThreadPool(0), toLane());
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0 + 1));

    assertThat(relay.pump(Findings.T0)).isEqualTo(1);
    assertThat(at.changes).hasSize(2);
  }

  @Test
  void lane_that_refuses_gets_everything_when_it_is_back_after_a_restart_too() {
    lane.refuses = true;
    at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));
    RelayException stuck =
        catchThrowableOfType(RelayException.class, () -> toLane().pump(Findings.T0));
    assertThat(stuck).hasMessageContaining("lane of tickets");
    at.database.close();

    at = desk(dir.resolve("desk.db"));
    lane.refuses = false;
    assertThat(toLane().pump(Findings.T0)).isEqualTo(1);
    assertThat(lane.entries).hasSize(1);
  }

  @Test
  void relay_that_is_woken_moves_what_is_there_and_says_when_it_is_stuck() throws Exception {
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    CountDownLatch tried = new CountDownLatch(2);
    CompletableFuture<Boolean> moved = new CompletableFuture<>();
    Relay stuck = new Probe("stuck", tried);
    Relay good = new Watched(toLane(), moved);
    try (OutboxRelay relay = relay(scheduler, stuck, good)) {
      relay.start();
      at.desk.onChange(change -> relay.wake());
      at.take(findings.fault("truck-7", "obd:P0301", Findings.T0));

      assertThat(moved.get(60, TimeUnit.SECONDS)).isTrue();
      assertThat(tried.await(60, TimeUnit.SECONDS)).isTrue();
      Await.until("it says so", () -> !relay.health().notices().isEmpty());
      assertThat(relay.health().ready()).isTrue();
      assertThat(relay.health().notices())
          .extracting(notice -> notice.text())
          .containsExactly("stuck: nobody is there");
    } finally {
      scheduler.shutdownNow();
    }
    at.take(findings.fault("truck-8", "obd:P0301", Findings.T0));
    assertThat(at.tickets(Desk.TENANT)).hasSize(2);
  }

  /** A relay that always fails, and counts. */
  private record Probe(String name, CountDownLatch tried) implements Relay {
    @Override
    public int pump(long now) {
      tried.countDown();
      throw new RelayException("nobody is there", new IllegalStateException());
    }

    @Override
    public void close() {}
  }

  /** Tells when a relay has moved something. */
  private record Watched(Relay relay, CompletableFuture<Boolean> moved) implements Relay {
    @Override
    public String name() {
      return relay.name();
    }

    @Override
    public int pump(long now) {
      int count = relay.pump(now);
      if (count > 0) {
        moved.complete(true);
      }
      return count;
    }

    @Override
    public void close() {
      relay.close();
    }
  }
}
