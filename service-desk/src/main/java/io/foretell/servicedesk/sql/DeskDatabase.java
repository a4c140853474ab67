package io.foretell.servicedesk.sql;

import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.servicedesk.TicketStore;
import io.foretell.servicedesk.outbox.Outbox;
import io.foretell.servicedesk.webhook.WebhookStore;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/**
 * The desk's tables in a relational database: SQLite, or PostgreSQL with the same statements. They
 * may share the database with others: every name begins with {@code desk_}.
 *
 * <p>On SQLite the data source should set {@code journal_mode=WAL}, {@code synchronous=FULL} and a
 * busy timeout of some seconds.
 */
public final class DeskDatabase implements Part {
  /**
   * Where the tables keep places on lanes: the table, and its columns of lane, partition, offset.
   */
  public static final List<String> PLACES =
      List.of("desk_finding", "lane", "lane_partition", "lane_offset");

  /** The table of what was migrated when. */
  public static final String HISTORY = "desk_schema";

  private static final String MIGRATIONS = "classpath:db/desk/migration";

  private final DataSource source;
  private final SqlTicketStore tickets;
  private final SqlOutbox outbox;
  private final SqlWebhookStore webhooks;
  private volatile boolean started;

  /** The desk's tables behind a data source, which stays the caller's own. */
  public DeskDatabase(DataSource source) {
    this.source = source;
    Jdbi jdbi = Jdbi.create(source);
    Writer writer = new Writer(jdbi);
    this.tickets = new SqlTicketStore(jdbi, writer);
    this.outbox = new SqlOutbox(jdbi, writer);
    this.webhooks = new SqlWebhookStore(jdbi, writer);
  }

  /** Brings the tables to the present version; from nothing, too. */
  @Override
  public void start() {
    Flyway.configure()
        .dataSource(source)
        .locations(MIGRATIONS)
        .table(HISTORY)
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
    started = true;
  }

  /** Where tickets are kept. */
  public TicketStore tickets() {
    return tickets;
  }

  /** Changes that wait for relays. */
  public Outbox outbox() {
    return outbox;
  }

  /** Who is told over HTTP, and what became of it. */
  public WebhookStore webhooks() {
    return webhooks;
  }

  @Override
  public Health health() {
    return started
        ? Health.good("desk")
        : Health.bad("desk", "DESK_NOT_STARTED", "The desk's tables are not open.", "Start it.");
  }

  @Override
  public void close() {
    started = false;
  }
}
