package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The register on a real PostgreSQL. */
class RegistryPostgresTest extends RegistryTest {
  @Override
  DataSource raw(Path file) {
    return PostgresDatabase.raw(file);
  }

  @Override
  List<byte[]> kept() throws Exception {
    List<byte[]> kept = new ArrayList<>();
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT d::text FROM device d")) {
      while (rows.next()) {
        kept.add(rows.getString(1).getBytes(UTF_8));
      }
    }
    return kept;
  }
}
