package io.foretell.firmwareota.sql;

import io.foretell.firmwareota.CampaignStore;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/**
 * Campaigns in an SQL database.
 *
 * <p>On SQLite, connections should begin transactions as {@code IMMEDIATE}: a transaction that
 * reads first and writes later would otherwise fail where another connection wrote in between.
 */
public final class SqlCampaigns implements CampaignStore {
  private static final String HISTORY_TABLE = "ota_schema";
  private static final String MIGRATIONS = "classpath:db/ota/migration";

  private final Jdbi jdbi;

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
  }

  @Override
  public <R> R inTransaction(Work<R> work) {
    return jdbi.inTransaction(handle -> work.on(new SqlRecords(handle)));
  }
}
