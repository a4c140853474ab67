package io.foretell.servicedesk.sql;

import io.foretell.proto.Finding;
import io.foretell.proto.Severity;
import io.foretell.servicedesk.Kpis;
import io.foretell.servicedesk.RemedySuccess;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketFinding;
import io.foretell.servicedesk.TicketKey;
import io.foretell.servicedesk.TicketPage;
import io.foretell.servicedesk.TicketQuery;
import io.foretell.servicedesk.TicketStore;
import io.foretell.servicedesk.TimelineEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Tickets in SQL tables. */
final class SqlTicketStore implements TicketStore {
  private final Jdbi jdbi;
  private final Writer writer;

  SqlTicketStore(Jdbi jdbi, Writer writer) {
    this.jdbi = jdbi;
    this.writer = writer;
  }

  @Override
  public <T> T write(Function<Ledger, T> work) {
    return writer.write(handle -> work.apply(new SqlLedger(handle)));
  }

  @Override
  public Optional<Ticket> find(TicketKey key) {
    return jdbi.withHandle(handle -> find(handle, key));
  }

  static Optional<Ticket> find(Handle handle, TicketKey key) {
    OptionalLong number = Columns.number(key.id());
    if (number.isEmpty()) {
      return Optional.empty();
    }
    return handle
        .createQuery("SELECT * FROM desk_ticket WHERE tenant = :tenant AND number = :number")
        .bind("tenant", key.tenant())
        .bind("number", number.getAsLong())
        .map(Rows::ticket)
        .findOne();
  }

  @Override
  public TicketPage list(TicketQuery query) {
    TicketListing listing = new TicketListing(query);
    List<Ticket> found =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(listing.sql())
                    .bindMap(listing.bindings())
                    .map(Rows::ticket)
                    .list());
    return listing.page(found);
  }

  @Override
  public long count(TicketQuery query) {
    TicketListing listing = new TicketListing(query.sorted(query.order()));
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(listing.counting())
                .bindMap(listing.bindings())
                .mapTo(Long.class)
                .one());
  }

  @Override
  public List<TimelineEntry> timeline(TicketKey key) {
    OptionalLong number = Columns.number(key.id());
    if (number.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM desk_timeline WHERE tenant = :tenant AND number = :number"
                        + " ORDER BY entry")
                .bind("tenant", key.tenant())
                .bind("number", number.getAsLong())
                .map(Rows::timeline)
                .list());
  }

  @Override
  public List<TicketFinding> findings(TicketKey key) {
    OptionalLong number = Columns.number(key.id());
    if (number.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM desk_finding WHERE tenant = :tenant AND number = :number"
                        + " ORDER BY taken_at, lane_offset, ordinal")
                .bind("tenant", key.tenant())
                .bind("number", number.getAsLong())
                .map((row, context) -> finding(handle, row))
                .list());
  }

  private static TicketFinding finding(Handle handle, ResultSet row) throws SQLException {
    List<Finding.Evidence> evidence =
        handle
            .createQuery(
                "SELECT * FROM desk_evidence WHERE tenant = :tenant AND device = :device"
                    + " AND finding = :finding ORDER BY piece")
            .bind("tenant", row.getString("tenant"))
            .bind("device", row.getString("device"))
            .bind("finding", row.getString("finding"))
            .map(Rows::evidence)
            .list();
    return new TicketFinding(
        row.getString("finding"),
        Finding.Kind.valueOf(row.getString("kind")),
        row.getString("title"),
        Severity.valueOf(row.getString("severity")),
        row.getDouble("confidence"),
        Columns.duration(row, "horizon_ms"),
        row.getLong("at"),
        row.getLong("taken_at"),
        row.getString("model"),
        evidence);
  }

  @Override
  public List<RemedySuccess> remedies(String tenant, String cause) {
    return jdbi.withHandle(handle -> remedies(handle, tenant, cause));
  }

  static List<RemedySuccess> remedies(Handle handle, String tenant, String cause) {
    return handle
        .createQuery(
            "SELECT kind, ref, MAX(text) AS text, COUNT(*) AS applied,"
                + " COUNT(verified_at) AS verified, COUNT(relapsed_at) AS relapsed,"
                + " SUM(CASE WHEN verified_at IS NULL AND failed_at IS NULL THEN 1 ELSE 0 END)"
                + " AS pending"
                + " FROM desk_remedy_use WHERE tenant = :tenant AND cause = :cause"
                + " GROUP BY kind, ref")
        .bind("tenant", tenant)
        .bind("cause", cause)
        .map(Rows::success)
        .list();
  }

  @Override
  public Kpis kpis(String tenant, long from, long to, long now) {
    return jdbi.withHandle(handle -> new KeyFigures(handle, tenant, from, to, now).read());
  }
}
