package io.foretell.gateway.identity.sql;

import io.foretell.gateway.identity.RegisterUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The gateway's tables: devices and commands. Its migrations keep their own history, so that other
 * stages can live in the same database.
 */
public final class GatewaySchema {
  /** The table of what was migrated when. */
  public static final String HISTORY_TABLE = "gateway_schema";

  private GatewaySchema() {}

  /**
   * Brings the tables to this version; does nothing where they are.
   *
   * @param database SQLite or PostgreSQL
   * @throws RegisterUnavailableException where the database cannot be read, is damaged, or was
   *     written by a later version
   */
  public static void migrate(DataSource database) {
    try {
      Flyway.configure(GatewaySchema.class.getClassLoader())
          .dataSource(database)
          .locations("classpath:db/gateway/migration")
          .table(HISTORY_TABLE)
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .placeholders(Map.of("code_points", codePointCollation(database)))
          .load()
          .migrate();
    } catch (FlywayException | SQLException e) {
      throw new RegisterUnavailableException(
          "the gateway's tables cannot be brought up to date: " + e.getMessage(), e);
    }
  }

  private static String codePointCollation(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      boolean lite = connection.getMetaData().getDatabaseProductName().startsWith("SQLite");
      return lite ? "" : "COLLATE \"C\"";
    }
  }
}
