package io.foretell.servicedesk.sql;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.servicedesk.Remedy;
import io.foretell.servicedesk.RemedyEffect;
import io.foretell.servicedesk.RemedySuccess;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketChange;
import io.foretell.servicedesk.TicketKey;
import io.foretell.servicedesk.TicketStore.Ledger;
import io.foretell.servicedesk.TimelineEntry;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** The only writer's view, within one transaction. */
final class SqlLedger implements Ledger {
  private static final int EXPOSURE_LIMIT = 1000;

  private final Handle handle;

  SqlLedger(Handle handle) {
    this.handle = handle;
  }

  @Override
  public boolean taken(Entry<Finding> entry) {
    return byId(entry) || byPlace(entry);
  }

  private boolean byId(Entry<Finding> entry) {
    return handle
        .createQuery(
            "SELECT 1 FROM desk_finding"
                + " WHERE tenant = :tenant AND device = :device AND finding = :finding")
        .bind("tenant", entry.key().tenant())
        .bind("device", entry.key().device())
        .bind("finding", entry.value().id())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private boolean byPlace(Entry<Finding> entry) {
    Position position = entry.position();
    return handle
        .createQuery(
            "SELECT 1 FROM desk_finding"
                + " WHERE lane = :lane AND lane_partition = :partition AND lane_offset = :offset"
                + " AND ordinal = :ordinal"
                + " AND tenant = :tenant AND device = :device AND cause = :cause AND kind = :kind")
        .bind("lane", position.lane())
        .bind("partition", position.partition())
        .bind("offset", position.offset())
        .bind("ordinal", entry.ordinal())
        .bind("tenant", entry.key().tenant())
        .bind("device", entry.key().device())
        .bind("cause", entry.value().cause())
        .bind("kind", entry.value().kind().name())
        .mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  @Override
  public void take(Entry<Finding> entry, Optional<String> ticket) {
    Finding finding = entry.value();
    Position position = entry.position();
    handle
        .createUpdate(
            "INSERT INTO desk_finding (tenant, device, finding, cause, kind, lane, lane_partition,"
                + " lane_offset, ordinal, number, title, severity, confidence, horizon_ms, at,"
                + " taken_at, model) VALUES (:tenant, :device, :finding, :cause, :kind, :lane,"
                + " :partition, :offset, :ordinal, :number, :title, :severity, :confidence,"
                + " :horizon, :at, :takenAt, :model)")
        .bind("tenant", entry.key().tenant())
        .bind("device", entry.key().device())
        .bind("finding", finding.id())
        .bind("cause", finding.cause())
        .bind("kind", finding.kind().name())
        .bind("lane", position.lane())
        .bind("partition", position.partition())
        .bind("offset", position.offset())
        .bind("ordinal", entry.ordinal())
        .bind("number", ticket.map(Columns::number).map(Columns::orNull).orElse(null))
        .bind("title", finding.title())
        .bind("severity", finding.severity().name())
        .bind("confidence", finding.confidence())
        .bind("horizon", Columns.millis(finding.horizon()))
        .bind("at", finding.at())
        .bind("takenAt", entry.at())
        .bind("model", finding.model())
        .execute();
    if (ticket.isPresent() && !finding.evidence().isEmpty()) {
      takeEvidence(entry);
    }
  }

  private void takeEvidence(Entry<Finding> entry) {
    try (PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO desk_evidence (tenant, device, finding, piece, kind, at, text, figures)"
                + " VALUES (:tenant, :device, :finding, :piece, :kind, :at, :text, :figures)")) {
      int piece = 0;
      for (Finding.Evidence evidence : entry.value().evidence()) {
        batch
            .bind("tenant", entry.key().tenant())
            .bind("device", entry.key().device())
            .bind("finding", entry.value().id())
            .bind("piece", piece++)
            .bind("kind", evidence.kind())
            .bind("at", evidence.at())
            .bind("text", evidence.text())
            .bind("figures", Figures.ofNumbers(evidence.values()))
            .add();
      }
      batch.execute();
    }
  }

  @Override
  public Optional<Ticket> find(TicketKey key) {
    return SqlTicketStore.find(handle, key);
  }

  @Override
  public Optional<Ticket> latest(DeviceId device, String cause) {
    return handle
        .createQuery(
            "SELECT * FROM desk_ticket WHERE tenant = :tenant AND device = :device AND cause ="
                + " :cause ORDER BY is_open DESC, number DESC LIMIT 1")
        .bind("tenant", device.tenant())
        .bind("device", device.device())
        .bind("cause", cause)
        .map(Rows::ticket)
        .findFirst();
  }

  @Override
  public List<Ticket> unclosed(DeviceId device) {
    return handle
        .createQuery(
            "SELECT * FROM desk_ticket WHERE tenant = :tenant AND device = :device"
                + " AND state <> 'CLOSED' ORDER BY number")
        .bind("tenant", device.tenant())
        .bind("device", device.device())
        .map(Rows::ticket)
        .list();
  }

  @Override
  public int exposure(DeviceId device, String cause) {
    return handle
        .createQuery(
            "SELECT COUNT(*) FROM (SELECT 1 FROM desk_ticket WHERE tenant = :tenant"
                + " AND cause = :cause AND is_open = 1 AND device <> :device LIMIT :most) AS others")
        .bind("tenant", device.tenant())
        .bind("cause", cause)
        .bind("device", device.device())
        .bind("most", EXPOSURE_LIMIT)
        .mapTo(Integer.class)
        .one();
  }

  @Override
  public List<RemedySuccess> remedies(String tenant, String cause) {
    return SqlTicketStore.remedies(handle, tenant, cause);
  }

  @Override
  public boolean tried(Ticket ticket, Remedy remedy) {
    return new RemedyUses(handle, ticket).tried(remedy);
  }

  @Override
  public String nextId(String tenant) {
    int known = handle.execute("UPDATE desk_counter SET last = last + 1 WHERE tenant = ?", tenant);
    if (known == 0) {
      handle.execute("INSERT INTO desk_counter (tenant, last) VALUES (?, 1)", tenant);
    }
    long number =
        handle
            .createQuery("SELECT last FROM desk_counter WHERE tenant = :tenant")
            .bind("tenant", tenant)
            .mapTo(Long.class)
            .one();
    return Columns.ticketId(number);
  }

  @Override
  public void insert(Ticket ticket) {
    TicketRow.bind(handle.createUpdate(TicketRow.INSERT), ticket).execute();
    saveRound(ticket);
  }

  @Override
  public void update(Ticket before, Ticket now) {
    int rows =
        TicketRow.bind(handle.createUpdate(TicketRow.UPDATE), now)
            .bind("before", before.version())
            .execute();
    if (rows != 1) {
      throw new InvalidInputException(ReasonCode.CONFLICT, before.id() + " has changed meanwhile");
    }
    saveRound(now);
  }

  private void saveRound(Ticket ticket) {
    int rows = TicketRow.bindRound(handle.createUpdate(TicketRow.UPDATE_ROUND), ticket).execute();
    if (rows == 0) {
      TicketRow.bindRound(handle.createUpdate(TicketRow.INSERT_ROUND), ticket).execute();
    }
  }

  @Override
  public void append(Ticket ticket, List<TimelineEntry> entries) {
    long number = TicketRow.number(ticket);
    int next =
        handle
            .createQuery(
                "SELECT COALESCE(MAX(entry), 0) FROM desk_timeline"
                    + " WHERE tenant = :tenant AND number = :number")
            .bind("tenant", ticket.device().tenant())
            .bind("number", number)
            .mapTo(Integer.class)
            .one();
    for (TimelineEntry entry : entries) {
      handle
          .createUpdate(
              "INSERT INTO desk_timeline (tenant, number, entry, at, kind, actor, text_key, args,"
                  + " text, figures) VALUES (:tenant, :number, :entry, :at, :kind, :actor, :key,"
                  + " :args, :text, :figures)")
          .bind("tenant", ticket.device().tenant())
          .bind("number", number)
          .bind("entry", ++next)
          .bind("at", entry.at())
          .bind("kind", entry.kind().name())
          .bind("actor", entry.actor())
          .bind("key", entry.key())
          .bind("args", Figures.ofTexts(entry.args()))
          .bind("text", entry.text())
          .bind("figures", Figures.ofNumbers(entry.values()))
          .execute();
    }
  }

  @Override
  public void remedy(Ticket ticket, RemedyEffect effect, long at) {
    new RemedyUses(handle, ticket).take(effect, at);
  }

  @Override
  public void publish(TicketChange change) {
    handle.execute("UPDATE desk_writer SET outbox_seq = outbox_seq + 1 WHERE id = 1");
    var event = change.event();
    handle
        .createUpdate(
            "INSERT INTO desk_outbox (seq, event_id, tenant, device, type, ticket, cause, title,"
                + " state, urgency, at, opened_at, note, reopened) VALUES ((SELECT outbox_seq FROM"
                + " desk_writer WHERE id = 1), :eventId, :tenant, :device, :type, :ticket, :cause,"
                + " :title, :state, :urgency, :at, :openedAt, :note, :reopened)")
        .bind("eventId", "evt_" + UUID.randomUUID().toString().replace("-", ""))
        .bind("tenant", change.device().tenant())
        .bind("device", change.device().device())
        .bind("type", change.type().name())
        .bind("ticket", event.id())
        .bind("cause", event.cause())
        .bind("title", event.title())
        .bind("state", event.state().name())
        .bind("urgency", Columns.rank(event.urgency()))
        .bind("at", event.at())
        .bind("openedAt", event.openedAt())
        .bind("note", event.note())
        .bind("reopened", event.reopened())
        .execute();
  }
}
