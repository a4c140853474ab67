package io.foretell.app.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.app.Config;
import io.foretell.app.Stores;
import io.foretell.app.cli.Foretell;
import io.foretell.app.records.Records;
import io.foretell.ingest.engine.rocksdb.FillingStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores of an earlier version are brought up to date, those of a later one refused. */
final class UpgradeTest {
  @TempDir Path data;

  @BeforeEach
  void install() {
    FillingStore.in(data.resolve(Stores.LANES), 4).close();
    Stores.records(Config.of(Optional.empty(), Map.of(), Map.of("data", data.toString()))).close();
  }

  @Test
  void records_ofAnEarlierVersion_areTriedOnACopyAndThenChanged() throws SQLException {
    execute(
        "DELETE FROM gateway_schema WHERE version IN ('6', '7')",
        "DROP TABLE erasure",
        "DROP TABLE lane_key",
        "INSERT INTO device_label VALUES ('t', 'd', 'l', 'v')");

    String first = "gateway_schema V6__erasures.sql";
    String second = "gateway_schema V7__lane_keys.sql";
    assertThat(upgrade("--dry-run")).contains("would change: " + first, "would change: " + second);
    assertThat(upgrade("--dry-run", "--json"))
        .contains("\"changes\":[\"" + first + "\",\"" + second + "\"]");
    assertThat(data.toFile().list()).noneMatch(name -> name.startsWith(".upgrade"));
    assertThat(upgrade()).contains("changed: " + first, "changed: " + second);
    assertThat(upgrade()).contains("nothing changes");
    execute("DELETE FROM erasure", "DELETE FROM device_label WHERE value = 'v'");
  }

  @Test
  void records_ofALaterVersion_areRefused() throws SQLException {
    execute(
        "INSERT INTO desk_schema SELECT 99, '99', description, type, 'V99__later.sql', checksum,"
            + " installed_by, installed_on, execution_time, success FROM desk_schema"
            + " WHERE version = '1'");

    for (String command : new String[] {"upgrade", "serve"}) {
      Foretell.Ran ran = Foretell.run(command, "--data", data + "");
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.err())
          .contains("later version", "desk_schema V99__later.sql", "restore a backup")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void folder_withoutLanes_isRefused() throws IOException {
    Foretell.Ran ran = Foretell.run("upgrade", "--data", data.resolve("nowhere") + "");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("there is no folder");
    assertThat(data.resolve("nowhere")).doesNotExist();

    Path empty = Files.createDirectories(data.resolve("empty"));
    assertThat(Foretell.run("upgrade", "--data", empty + "").err())
        .contains("there are no lanes in");
  }

  private String upgrade(String... more) {
    String[] command = new String[3 + more.length];
    command[0] = "upgrade";
    command[1] = "--data";
    command[2] = data.toString();
    System.arraycopy(more, 0, command, 3, more.length);
    Foretell.Ran ran = Foretell.run(command);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }

  private void execute(String... statements) throws SQLException {
    try (Records records = Records.open(data);
        Connection connection = records.source().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
