package io.foretell.app;

import io.foretell.app.records.Records;
import io.foretell.firmwareota.sql.SqlCampaigns;
import io.foretell.gateway.identity.sql.GatewaySchema;
import io.foretell.servicedesk.sql.DeskDatabase;
import java.nio.file.Path;

/** The tables of all rooms, each at its present version. They share one database. */
record Tables(Records records, DeskDatabase desk, SqlCampaigns campaigns) implements AutoCloseable {

  /** Opens, or makes, the database in a folder, and brings its tables to the present version. */
  static Tables open(Path data) {
    Records records = Records.open(data);
    boolean made = false;
    try {
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
