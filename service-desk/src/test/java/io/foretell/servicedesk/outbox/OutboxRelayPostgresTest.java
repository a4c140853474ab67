package io.foretell.servicedesk.outbox;

import io.foretell.servicedesk.Desk;
import java.nio.file.Path;

/** The relay over an outbox on a real PostgreSQL. */
class OutboxRelayPostgresTest extends OutboxRelayTest {
  @Override
  Desk desk(Path file) {
    return Desk.onPostgres(file);
  }
}
