package io.foretell.gateway.downlink;

import io.foretell.gateway.identity.PostgresDatabase;
import java.nio.file.Path;
import javax.sql.DataSource;

/** The downlink on a real PostgreSQL. */
class DurableDownlinkPostgresTest extends DurableDownlinkTest {
  @Override
  DataSource database(Path file) {
    return PostgresDatabase.at(file);
  }
}
