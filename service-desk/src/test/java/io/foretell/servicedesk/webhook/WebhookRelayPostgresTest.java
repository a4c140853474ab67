package io.foretell.servicedesk.webhook;

import io.foretell.servicedesk.Desk;
import java.nio.file.Path;

/** The relay over an outbox on a real PostgreSQL. */
class WebhookRelayPostgresTest extends WebhookRelayTest {
  @Override
  Desk desk(Path file) {
    return Desk.onPostgres(file);
  }
}
