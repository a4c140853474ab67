package io.foretell.app.erasure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.app.records.Records;
import io.foretell.firmwareota.sql.SqlCampaigns;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.proto.DeviceId;
import io.foretell.servicedesk.sql.DeskDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeviceRowsTest {
  private static final DeviceId GONE = new DeviceId("acme", "gone-1");

  /** Tables that say nothing of any one device. */
  private static final Set<String> OF_NONE =
      Set.of(
          "authority",
          "desk_counter",
          "desk_relay",
          "desk_webhook",
          "desk_writer",
          "erasure",
          // It says something, and goes with the lanes: see SqlLaneKeys.
          "lane_key",
          "ota_campaign",
          "ota_campaign_label",
          "ota_campaign_precondition",
          "ota_wave");

  @TempDir Path folder;
  private Records records;

  @BeforeEach
  void open() {
    records = Records.open(folder);
    GatewaySchema.migrate(records.source());
    new DeskDatabase(records.source()).start();
    assertThat(new SqlCampaigns(records.source())).isNotNull();
  }

  @AfterEach
  void close() {
    records.close();
  }

  @Test
  void every_table_is_one_of_devices_or_of_none() {
    List<String> tables =
        Sql.transaction(
            records.source(),
            connection -> {
              List<String> found = new ArrayList<>();
              try (Statement statement = connection.createStatement();
                  ResultSet row =
                      statement.executeQuery(
                          "SELECT name FROM sqlite_master WHERE type = 'table'"
                              + " AND name NOT LIKE 'sqlite%'")) {
                while (row.next()) {
                  found.add(row.getString(1));
                }
              }
              return found;
            });

    List<String> known = new ArrayList<>(DeviceRows.tables());
    known.addAll(OF_NONE);
    tables.removeIf(table -> table.endsWith("_schema") || table.endsWith("_schema_history"));
    assertThat(tables)
        .as("a new table: does it say anything of a device?")
        .containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void rows_of_the_device_go_with_their_bytes_and_those_of_others_stay() throws Exception {
    run("INSERT INTO device VALUES ('acme', 'gone-1', 'm', 'h', '', 'hash-g', 'key-g', 1)");
    run("INSERT INTO device VALUES ('acme', 'gone-10', 'm', 'h', '', 'hash-k', 'key-k', 1)");
    run("INSERT INTO device VALUES ('beta', 'gone-1', 'm', 'h', '', 'hash-b', 'key-b', 1)");
    for (String tenant : List.of("acme", "beta")) {
      run(
          "INSERT INTO device_label VALUES ('"
              + tenant
              + "', 'gone-1', 'owner', 'mark-"
              + tenant
              + "')");
      run(
          "INSERT INTO desk_delivery VALUES ('w', "
              + tenant.hashCode()
              + ", '"
              + tenant
              + "', 'e', 'T-000007', 't', 'body-"
              + tenant
              + "', 'DONE', 1, 1, 1, 1, 200, '')");
      run(
          "INSERT INTO desk_ticket VALUES ('"
              + tenant
              + "', 7, 'gone-1', 'c', 't', 'OPEN', 1, 'ACTIVE_FAULT', 'MAJOR', 2, 1.0, NULL, 0, 1, 1,"
              + " 1, 1, 1, NULL, NULL, NULL, NULL, 1, 1, NULL, 1, NULL, NULL, NULL, NULL, 0, 0, 1)");
    }

    Map<String, List<Map<String, Object>>> read =
        Sql.transaction(records.source(), connection -> DeviceRows.read(connection, GONE));
    assertThat(read.get("device")).hasSize(1);
    assertThat(read.get("desk_delivery")).hasSize(1);
    assertThat(read + "").contains("mark-acme").doesNotContain("hash-g", "key-g", "mark-beta");
    assertThat(
            Sql.<List<String>>transaction(
                records.source(), connection -> DeviceRows.credentials(connection, GONE)))
        .containsExactly("token", "pre-shared key");

    Map<String, Long> counts =
        Sql.transaction(
            records.source(), connection -> DeviceRows.erase(connection, GONE, "erased-E-1"));
    records.scrub();

    assertThat(counts)
        .containsEntry("device", 1L)
        .containsEntry("desk_ticket", 1L)
        .containsEntry("desk_delivery", 1L);
    byte[] file = Files.readAllBytes(folder.resolve("records.db"));
    String bytes = new String(file, ISO_8859_1);
    assertThat(bytes).doesNotContain("mark-acme", "hash-g", "key-g", "body-acme");
    assertThat(bytes).contains("mark-beta", "hash-k", "hash-b", "body-beta");
    assertThat(Files.size(folder.resolve("records.db-wal"))).isZero();
  }

  @Test
  void proofs_follow_from_each_other_and_a_change_is_seen() {
    Proofs proofs = new Proofs(records.source());
    for (int i = 0; i < 3; i++) {
      Proofs.Begun begun = proofs.begin("E-" + i, new DeviceId("acme", "d-" + i), "me", 100);
      assertThat(proofs.begin("E-other", new DeviceId("acme", "d-" + i), "me", 101).id())
          .as("goes on")
          .isEqualTo(begun.id());
      proofs.note(begun.id(), new Proofs.Ledger(10, 1));
      Sql.transaction(
          records.source(),
          connection -> {
            proofs.settle(connection, begun.id(), Map.of("samples", 5L));
            proofs.settle(connection, begun.id(), Map.of("samples", 7L));
            return true;
          });
      proofs.end(begun.id(), "subject", 200);
    }

    assertThat(proofs.ledger()).isEqualTo(new Proofs.Ledger(30, 3));
    assertThat(proofs.list("acme")).hasSize(3);
    assertThat(proofs.list("acme").get(0).counts()).containsEntry("samples", 7L);
    assertThat(proofs.list("beta")).isEmpty();
    assertThat(proofs.sound()).isTrue();

    run("UPDATE erasure SET counts = 'samples=6' WHERE id = 'E-1'");
    assertThat(proofs.sound()).isFalse();
    run("UPDATE erasure SET counts = 'samples=7' WHERE id = 'E-1'");
    assertThat(proofs.sound()).isTrue();
    run("DELETE FROM erasure WHERE id = 'E-0'");
    assertThat(proofs.sound()).isFalse();
  }

  private void run(String sql) {
    Sql.transaction(
        records.source(),
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
          }
        });
  }
}
