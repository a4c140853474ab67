package io.foretell.servicedesk;

import com.zaxxer.hikari.HikariDataSource;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.PostgresServer;
import io.foretell.servicedesk.sql.DeskDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A desk on a database of its own, with a clock that tests set. */
public final class Desk {
  public static final String TENANT = "acme";

  public final AtomicLong now = new AtomicLong(Findings.T0);
  public final List<TicketChange> changes = new ArrayList<>();
  public final DeskDatabase database;
  public final TicketDesk desk;

  public Desk(Path file) {
    this(file, SQLiteConfig.SynchronousMode.NORMAL);
  }

  public Desk(Path file, SQLiteConfig.SynchronousMode mode) {
    this(lite(file, mode));
  }

  /** A desk on a real PostgreSQL, in a schema that stands for the file. */
  public static Desk onPostgres(Path file) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(PostgresServer.shared().schemaOf(file));
    pool.setMaximumPoolSize(4);
    pool.setMinimumIdle(0);
    pool.setIdleTimeout(10_000);
    return new Desk(pool);
  }

  private static DataSource lite(Path file, SQLiteConfig.SynchronousMode mode) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(mode);
    config.setBusyTimeout(10_000);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private Desk(DataSource source) {
    database = new DeskDatabase(source);
    database.start();
    desk =
        new TicketDesk(
            database.tickets(),
            DeskConfig.defaults(),
            () -> Instant.ofEpochMilli(now.get()),
            Runnable::run);
    desk.onChange(changes::add);
  }

  @SafeVarargs
  public final void take(Entry<Finding>... entries) {
    take(List.of(entries));
  }

  public void take(List<Entry<Finding>> entries) {
    CompletableFuture<?> done = desk.write(entries).toCompletableFuture();
    done.orTimeout(30, TimeUnit.SECONDS).join();
  }

  public List<Ticket> tickets(String tenant) {
    return desk.list(TicketQuery.all(tenant, 1000).sorted(TicketQuery.Order.NEWEST)).tickets();
  }

  /** The only ticket there is. */
  public Ticket only() {
    List<Ticket> all = tickets(TENANT);
    if (all.size() != 1) {
      throw new AssertionError("one ticket expected: " + all);
    }
    return all.get(0);
  }

  public List<String> keys(Ticket ticket) {
    return desk.timeline(ticket.key()).stream().map(TimelineEntry::key).toList();
  }

  public static TicketKey key(String id) {
    return new TicketKey(TENANT, id);
  }

  public static Set<String> ids(List<Ticket> tickets) {
    return tickets.stream().map(Ticket::id).collect(Collectors.toSet());
  }
}
