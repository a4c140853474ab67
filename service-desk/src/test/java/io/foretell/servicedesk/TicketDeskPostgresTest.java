package io.foretell.servicedesk;

import java.nio.file.Path;

/** The desk on a real PostgreSQL. */
class TicketDeskPostgresTest extends TicketDeskTest {
  @Override
  Desk desk(Path file) {
    return Desk.onPostgres(file);
  }
}
