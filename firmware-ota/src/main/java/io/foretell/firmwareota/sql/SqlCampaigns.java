package io.foretell.firmwareota.sql;

import io.foretell.firmwareota.CampaignStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/**
 * Campaigns in an SQL database.
 *
 * <p>On SQLite, connections should begin transactions as {@code IMMEDIATE}: a transaction that
 * reads first and writes later would otherwise fail where another connection wrote in between. On
 * PostgreSQL one transaction at a time goes on, over all processes: what it decides rests on what
 * it has read.
 */
public final class SqlCampaigns implements CampaignStore {
  /**
   * Where the tables keep places on lanes: the table, and its columns of lane, partition, offset.
   */
  public static final List<String> PLACES =
      List.of("ota_device", "seen_lane", "seen_partition", "seen_offset");

  /** The table of what was migrated when. */
  public static final String HISTORY_TABLE = "ota_schema";

  private static final String MIGRATIONS = "classpath:db/ota/migration";

  private static final String TURN = "LOCK TABLE ota_campaign IN EXCLUSIVE MODE";

  private final Jdbi jdbi;
  private final boolean shared;

  /** Brings the schema up to date. */
  public SqlCampaigns(DataSource dataSource) {
    Flyway.configure(SqlCampaigns.class.getClassLoader())
        .dataSource(dataSource)
        .locations(MIGRATIONS)
        .table(HISTORY_TABLE)
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
    jdbi = Jdbi.create(dataSource);
    shared = takesTurns(dataSource);
  }

  private static boolean takesTurns(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    } catch (SQLException e) {
      throw new UncheckedIOException(new IOException("the database does not answer", e));
    }
  }

  @Override
  public <R> R inTransaction(Work<R> work) {
    return jdbi.inTransaction(
        handle -> {
          if (shared) {
            handle.execute(TURN);
          }
          return work.on(new SqlRecords(handle));
        });
  }
}
