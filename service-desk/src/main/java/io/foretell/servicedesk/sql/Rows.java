package io.foretell.servicedesk.sql;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Finding;
import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.TicketEvent.State;
import io.foretell.servicedesk.Assessment;
import io.foretell.servicedesk.ChangeType;
import io.foretell.servicedesk.Clocks;
import io.foretell.servicedesk.Remedy;
import io.foretell.servicedesk.RemedySuccess;
import io.foretell.servicedesk.Sightings;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketChange;
import io.foretell.servicedesk.TimelineEntry;
import io.foretell.servicedesk.outbox.OutboxEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads rows. */
final class Rows {
  private Rows() {}

  static Ticket ticket(ResultSet row, StatementContext unused) throws SQLException {
    return new Ticket(
        Columns.ticketId(row.getLong("number")),
        new DeviceId(row.getString("tenant"), row.getString("device")),
        row.getString("cause"),
        row.getString("title"),
        State.valueOf(row.getString("state")),
        Finding.Kind.valueOf(row.getString("kind")),
        new Assessment(
            Severity.valueOf(row.getString("severity")),
            Columns.urgency(row.getInt("urgency")),
            row.getDouble("confidence"),
            Columns.duration(row, "horizon_ms"),
            row.getInt("exposure")),
        clocks(row),
        new Sightings(
            row.getLong("since"),
            row.getLong("last_seen"),
            Columns.optional(row, "cleared"),
            row.getInt("sightings")),
        row.getLong("opened_at"),
        Columns.text(row, "acknowledged_by"),
        Columns.text(row, "owner"),
        remedy(row),
        row.getInt("remedy_applied") == 1,
        row.getInt("reopened"),
        row.getLong("version"));
  }

  private static Clocks clocks(ResultSet row) throws SQLException {
    return new Clocks(
        row.getLong("started_at"),
        row.getLong("respond_by"),
        row.getLong("resolve_by"),
        Columns.optional(row, "acknowledged_at"),
        Columns.optional(row, "verified_at"),
        Columns.optional(row, "closed_at"));
  }

  private static Optional<Remedy> remedy(ResultSet row) throws SQLException {
    Optional<String> kind = Columns.text(row, "remedy_kind");
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Remedy(
            Remedy.Kind.valueOf(kind.get()),
            row.getString("remedy_ref"),
            row.getString("remedy_text")));
  }

  static TimelineEntry timeline(ResultSet row, StatementContext unused) throws SQLException {
    return new TimelineEntry(
        row.getLong("at"),
        TimelineEntry.Kind.valueOf(row.getString("kind")),
        row.getString("actor"),
        row.getString("text_key"),
        Figures.texts(row.getString("args")),
        row.getString("text"),
        Figures.numbers(row.getString("figures")));
  }

  static Finding.Evidence evidence(ResultSet row, StatementContext unused) throws SQLException {
    return new Finding.Evidence(
        row.getString("kind"),
        row.getLong("at"),
        row.getString("text"),
        Figures.numbers(row.getString("figures")));
  }

  static RemedySuccess success(ResultSet row, StatementContext unused) throws SQLException {
    return new RemedySuccess(
        new Remedy(
            Remedy.Kind.valueOf(row.getString("kind")),
            row.getString("ref"),
            row.getString("text")),
        row.getLong("applied"),
        row.getLong("verified"),
        row.getLong("relapsed"),
        row.getLong("pending"));
  }

  static OutboxEntry outbox(ResultSet row, StatementContext unused) throws SQLException {
    TicketEvent event =
        new TicketEvent(
            row.getString("ticket"),
            row.getString("cause"),
            row.getString("title"),
            State.valueOf(row.getString("state")),
            Columns.urgency(row.getInt("urgency")),
            row.getLong("at"),
            row.getLong("opened_at"),
            row.getString("note"),
            row.getInt("reopened"));
    DeviceId device = new DeviceId(row.getString("tenant"), row.getString("device"));
    ChangeType type = ChangeType.valueOf(row.getString("type"));
    return new OutboxEntry(
        row.getLong("seq"), row.getString("event_id"), new TicketChange(device, type, event));
  }
}
