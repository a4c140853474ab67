package io.foretell.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.app.Config;
import io.foretell.app.Stores;
import io.foretell.app.records.Records;
import io.foretell.proto.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that move between SQLite and a real PostgreSQL, and the places that they tell. */
final class RecordMoveTest {
  @TempDir Path folder;

  @Test
  void places_areAllThatTheTablesHave() throws SQLException {
    List<List<String>> found = new ArrayList<>();
    try (Records records = embedded("a");
        Connection connection = records.source().getConnection();
        ResultSet columns = connection.getMetaData().getColumns(null, null, "%", "%offset%")) {
      while (columns.next()) {
        found.add(List.of(columns.getString("TABLE_NAME"), columns.getString("COLUMN_NAME")));
      }
    }

    assertThat(found)
        .containsExactlyInAnyOrderElementsOf(
            RecordMove.PLACES.stream().map(place -> List.of(place.get(0), place.get(3))).toList());
  }

  @Test
  void rows_moveThereAndBack_withTheirPlaces() throws SQLException {
    Places places = new Places();
    places.begin("findings", 1, 0);
    places.add("findings", 1, 70, 0);
    try (Records first = embedded("a");
        Records second = postgres();
        Records third = embedded("b")) {
      execute(
          first,
          "INSERT INTO desk_finding VALUES ('t', 'd', 'f1', 'c', 'k', 'findings', 1, 70, 0, NULL,"
              + " 'Zündung ''n''', 's', 0.1, 9223372036854775807, 1, 2, '')",
          "INSERT INTO desk_finding VALUES ('t', 'd', 'f2', 'c', 'k', 'findings', 1, 12, 3, 8,"
              + " '', 's', 1e-300, NULL, 1, 2, 'm')",
          "INSERT INTO device_label VALUES ('t', 'd', 'l', 'v')",
          "UPDATE desk_writer SET turn = 7, outbox_seq = 9");
      move(first, second, Optional.of(places));

      assertThat(select(second, "SELECT lane, lane_offset FROM desk_finding ORDER BY finding"))
          .containsExactly("findings 0", " 0");
      assertThat(select(second, "SELECT turn, outbox_seq FROM desk_writer")).containsExactly("7 9");
      assertThatThrownBy(() -> move(first, second, Optional.empty()))
          .isInstanceOf(MigrationException.class)
          .hasMessageContaining("has rows already");

      move(second, third, Optional.empty());
      assertThat(select(third, "SELECT title, model FROM desk_finding ORDER BY finding"))
          .containsExactly("Zündung 'n' ", " m");
      assertThat(select(third, "SELECT horizon_ms, number FROM desk_finding ORDER BY finding"))
          .containsExactly("9223372036854775807 null", "null 8");
    }
  }

  @Test
  void rows_thatAreNotCommitted_areNotThere() throws SQLException {
    try (Records first = embedded("a");
        Records second = postgres()) {
      execute(first, "INSERT INTO device_label VALUES ('t', 'd', 'l', 'v')");
      try (RecordMove move = RecordMove.between(first.source(), second.source(), true)) {
        move.run(Optional.empty(), new Tallies("move", (step, kind, rows, done) -> {}));
      }

      assertThat(select(second, "SELECT tenant, name FROM device_label")).isEmpty();
      assertThat(select(second, "SELECT turn, outbox_seq FROM desk_writer")).containsExactly("0 0");
    }
  }

  @Test
  void erasure_thatWasCutOff_isEndedFirst() throws SQLException {
    try (Records first = embedded("a")) {
      RecordMove.requireErased(first.source());
      execute(
          first,
          "INSERT INTO erasure VALUES ('E-1', 't', '', 1, 2, 'ann', '', 's', 'd', 5, 1, 0, 0)");
      RecordMove.requireErased(first.source());
      execute(
          first,
          "INSERT INTO erasure VALUES ('E-2', 't', 'd', 3, 0, 'ann', '', '', '', 0, 0, 4, 0)");

      assertThatThrownBy(() -> RecordMove.requireErased(first.source()))
          .isInstanceOf(MigrationException.class)
          .hasMessageContainingAll("E-2", "foretell device proofs");
    }
  }

  @Test
  void records_ofAnotherVersion_areRefused() throws SQLException {
    try (Records first = embedded("a");
        Records second = postgres()) {
      execute(
          first,
          "INSERT INTO desk_schema SELECT 99, '99', description, type, script, checksum,"
              + " installed_by, installed_on, execution_time, success FROM desk_schema"
              + " WHERE version = '1'");

      assertThatThrownBy(() -> RecordMove.between(first.source(), second.source(), true))
          .isInstanceOf(MigrationException.class)
          .hasMessageContainingAll("a later version", "desk_schema", "foretell serve");
    }
  }

  private static void move(Records from, Records to, Optional<Places> places) throws SQLException {
    Tallies source = new Tallies("move", (step, kind, rows, done) -> {});
    Tallies target = new Tallies("verify", (step, kind, rows, done) -> {});
    try (RecordMove move = RecordMove.between(from.source(), to.source(), true)) {
      move.run(places, source);
      move.readBack(target);
      move.commit();
    }
    assertThat(source.against(target)).isNotEmpty().allMatch(Report.Kind::same);
  }

  private Records embedded(String name) {
    return opened(Map.of("data", folder.resolve(name).toString()));
  }

  private Records postgres() {
    return opened(Map.of("records.url", PostgresServer.shared().schemaOf(folder)));
  }

  private static Records opened(Map<String, String> flags) {
    return Stores.records(Config.of(Optional.empty(), Map.of(), flags));
  }

  private static void execute(Records records, String... statements) throws SQLException {
    try (Connection connection = records.source().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> select(Records records, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = records.source().getConnection();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      while (found.next()) {
        rows.add(found.getString(1) + " " + found.getString(2));
      }
    }
    return rows;
  }
}
