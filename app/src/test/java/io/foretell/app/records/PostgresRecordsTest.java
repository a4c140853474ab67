package io.foretell.app.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.Downlink.Tracked;
import io.foretell.gateway.downlink.DurableDownlink;
import io.foretell.gateway.downlink.sql.SqlCommandStore;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngineOptions;
import io.foretell.proto.Await;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.PostgresServer;
import io.foretell.proto.Severity;
import io.foretell.proto.wire.Topics;
import io.foretell.servicedesk.DeskConfig;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketDesk;
import io.foretell.servicedesk.TicketQuery;
import io.foretell.servicedesk.sql.DeskDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresRecordsTest {
  private static final int LOAD = 600;

  @TempDir Path folder;

  private final PostgresServer server = PostgresServer.started();
  private final InstantSource clock = InstantSource.system();
  private final ExecutorService worker = Executors.newSingleThreadExecutor();

  @Test
  void postgres_that_stops_and_starts_under_load_loses_no_command_and_no_ticket() {
    try (Records records = Records.open(server.url("public"), "", "");
        RocksEngine engine =
            new RocksEngine(
                folder,
                RocksEngineOptions.defaults()
                    .withRetries(Duration.ofMillis(50), Duration.ofMillis(500)),
                clock)) {
      GatewaySchema.migrate(records.source());
      DeskDatabase tables = new DeskDatabase(records.source());
      tables.start();
      SqlCommandStore commands = new SqlCommandStore(records.source());
      TicketDesk desk = new TicketDesk(tables.tickets(), DeskConfig.defaults(), clock, worker);
      try (DurableDownlink downlink = DurableDownlink.alone(commands, clock)) {
        downlink.start();
        engine.attach("downlink", Topics.COMMANDS, downlink);
        engine.attach("desk", Topics.FINDINGS, desk);
        engine.start();

        for (int i = 0; i < LOAD; i++) {
          append(engine, i);
          if (i == LOAD / 3) {
            server.stop();
          } else if (i == 2 * LOAD / 3) {
            assertThat(engine.lag("desk")).as("what waits while it is down").isPositive();
            server.start();
          }
        }
        Await.until("the desk has all", () -> engine.lag("desk") == 0);
        Await.until("the downlink has all", () -> engine.lag("downlink") == 0);

        assertThat(commands.open().stream().map(Tracked::command).map(Command::id))
            .hasSize(LOAD)
            .doesNotHaveDuplicates();
        List<Ticket> tickets = desk.list(TicketQuery.all("default", 1000)).tickets();
        assertThat(tickets).hasSize(LOAD);
        assertThat(tickets.stream().map(ticket -> ticket.device().device()))
            .doesNotHaveDuplicates();
        assertThat(records.health().ready()).isTrue();
      }
    } finally {
      worker.shutdown();
      server.stop();
    }
  }

  @Test
  void address_that_nobody_answers_or_that_is_none_is_refused_with_the_key_to_change() {
    server.stop();

    assertThatExceptionOfType(RecordsRefusedException.class)
        .isThrownBy(() -> Records.open(server.url("public"), "", ""))
        .withMessageContaining("records.url")
        .withMessageContaining("refused");
    assertThatExceptionOfType(RecordsRefusedException.class)
        .isThrownBy(() -> Records.open("postgres://localhost/foretell", "", ""))
        .withMessageContaining("jdbc:postgresql://");
  }

  private void append(RocksEngine engine, int i) {
    DeviceId device = DeviceId.parse("truck-" + i);
    long now = clock.millis();
    Command command =
        new Command("c" + i, "reboot", "{}", now, now + 3_600_000, List.of("parked"), "test");
    Await.done(engine.lane(Topics.COMMANDS).append(device, now, command));
    Await.done(engine.lane(Topics.FINDINGS).append(device, now, fault("f" + i, now)));
    LockSupport.parkNanos(1_000_000);
  }

  private static Finding fault(String id, long at) {
    return new Finding(
        id,
        Finding.Kind.ACTIVE_FAULT,
        "obd:P0301",
        "Misfire in cylinder 1",
        Severity.MAJOR,
        0.9,
        Optional.empty(),
        at,
        at,
        1,
        Optional.empty(),
        List.of(),
        "test");
  }
}
