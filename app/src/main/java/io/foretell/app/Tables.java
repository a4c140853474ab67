package io.foretell.app;

import io.foretell.app.records.RecordVersions;
import io.foretell.app.records.Records;
import io.foretell.firmwareota.sql.SqlCampaigns;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.servicedesk.sql.DeskDatabase;

/** The tables of all rooms, each at its present version. They share one database. */
record Tables(Records records, DeskDatabase desk, SqlCampaigns campaigns) implements AutoCloseable {

  /**
   * Opens the configured database, or makes the one in the data folder, and brings its tables to
   * the present version.
   */
  static Tables open(Config config) {
    String url = config.get(Config.RECORDS_URL);
    Records records =
        url.isEmpty()
            ? Records.open(config.get(Config.DATA))
            : Records.open(
                url, config.get(Config.RECORDS_USER), config.get(Config.RECORDS_PASSWORD));
    boolean made = false;
    try {
      RecordVersions.requireKnown(records.source());
      GatewaySchema.migrate(records.source());
      DeskDatabase desk = new DeskDatabase(records.source());
      desk.start();
      Tables tables = new Tables(records, desk, new SqlCampaigns(records.source()));
      made = true;
      return tables;
    } finally {
      if (!made) {
        records.close();
      }
    }
  }

  @Override
  public void close() {
    records.close();
  }
}
