package io.foretell.servicedesk.sql;

import io.foretell.proto.PostgresServer;
import io.foretell.servicedesk.Desk;
import java.nio.file.Path;

/** The desk's tables on a real PostgreSQL. */
class DeskDatabasePostgresTest extends DeskDatabaseTest {
  @Override
  Desk desk(Path file) {
    return Desk.onPostgres(file);
  }

  @Override
  String url(Path file) {
    return PostgresServer.shared().schemaOf(file);
  }
}
