package io.foretell.servicedesk.sql;

import io.foretell.servicedesk.ChangeType;
import io.foretell.servicedesk.webhook.Delivery;
import io.foretell.servicedesk.webhook.Subscription;
import io.foretell.servicedesk.webhook.WebhookStore;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;

/** Subscriptions and deliveries in SQL tables. */
final class SqlWebhookStore implements WebhookStore {
  private final Jdbi jdbi;
  private final Writer writer;

  SqlWebhookStore(Jdbi jdbi, Writer writer) {
    this.jdbi = jdbi;
    this.writer = writer;
  }

  @Override
  public void add(Subscription subscription, String secret) {
    writer.write(
        handle ->
            bind(
                    handle.createUpdate(
                        "INSERT INTO desk_webhook (id, tenant, url, types, urgency, active, note,"
                            + " secret, created_at) VALUES (:id, :tenant, :url, :types, :urgency,"
                            + " :active, :note, :secret, :createdAt)"),
                    subscription)
                .bind("secret", secret)
                .bind("createdAt", subscription.createdAt())
                .execute());
  }

  @Override
  public void update(Subscription subscription) {
    writer.write(
        handle ->
            bind(
                    handle.createUpdate(
                        "UPDATE desk_webhook SET url = :url, types = :types, urgency = :urgency,"
                            + " active = :active, note = :note"
                            + " WHERE tenant = :tenant AND id = :id"),
                    subscription)
                .execute());
  }

  private static Update bind(Update update, Subscription subscription) {
    return update
        .bind("id", subscription.id())
        .bind("tenant", subscription.tenant())
        .bind("url", subscription.url().toString())
        .bind(
            "types",
            subscription.types().stream()
                .map(ChangeType::name)
                .sorted()
                .collect(Collectors.joining(" ")))
        .bind("urgency", Columns.rank(subscription.atLeast()))
        .bind("active", subscription.active() ? 1 : 0)
        .bind("note", subscription.note());
  }

  @Override
  public boolean remove(String tenant, String id) {
    return writer.write(
        handle -> {
          handle.execute("DELETE FROM desk_delivery WHERE tenant = ? AND webhook = ?", tenant, id);
          return handle.execute("DELETE FROM desk_webhook WHERE tenant = ? AND id = ?", tenant, id)
              > 0;
        });
  }

  @Override
  public Optional<Subscription> find(String tenant, String id) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT * FROM desk_webhook WHERE tenant = :tenant AND id = :id")
                .bind("tenant", tenant)
                .bind("id", id)
                .map(SqlWebhookStore::subscription)
                .findOne());
  }

  @Override
  public List<Subscription> list(String tenant) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT * FROM desk_webhook WHERE tenant = :tenant ORDER BY created_at, id")
                .bind("tenant", tenant)
                .map(SqlWebhookStore::subscription)
                .list());
  }

  @Override
  public List<Subscription> active() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT * FROM desk_webhook WHERE active = 1 ORDER BY id")
                .map(SqlWebhookStore::subscription)
                .list());
  }

  private static Subscription subscription(ResultSet row, StatementContext unused)
      throws SQLException {
    Set<ChangeType> types =
        Arrays.stream(row.getString("types").split(" "))
            .filter(word -> !word.isEmpty())
            .map(ChangeType::valueOf)
            .collect(Collectors.toSet());
    return new Subscription(
        row.getString("id"),
        row.getString("tenant"),
        URI.create(row.getString("url")),
        types,
        Columns.urgency(row.getInt("urgency")),
        row.getInt("active") == 1,
        row.getString("note"),
        row.getLong("created_at"));
  }

  @Override
  public void fanOut(String relay, long upTo, List<Parcel> parcels, long now) {
    writer.write(
        handle -> {
          for (Parcel parcel : parcels) {
            Delivery delivery = parcel.delivery();
            handle
                .createUpdate(
                    "INSERT INTO desk_delivery (webhook, seq, tenant, event_id, ticket, type, body,"
                        + " state, attempts, next_at, created_at, status, error) VALUES (:webhook,"
                        + " :seq, :tenant, :eventId, :ticket, :type, :body, 'PENDING', 0, :now,"
                        + " :now, 0, '')")
                .bind("webhook", delivery.webhook())
                .bind("seq", delivery.sequence())
                .bind("tenant", delivery.tenant())
                .bind("eventId", delivery.eventId())
                .bind("ticket", delivery.ticket())
                .bind("type", delivery.type().name())
                .bind("body", parcel.body())
                .bind("now", now)
                .execute();
          }
          SqlOutbox.advance(handle, relay, upTo);
          return upTo;
        });
  }

  @Override
  public List<Due> due(long now, int limit) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT d.*, w.url, w.secret FROM desk_delivery d"
                        + " JOIN desk_webhook w ON w.id = d.webhook AND w.active = 1"
                        + " WHERE d.state = 'PENDING' AND d.next_at <= :now AND NOT EXISTS ("
                        + "SELECT 1 FROM desk_delivery e WHERE e.webhook = d.webhook"
                        + " AND e.ticket = d.ticket AND e.state = 'PENDING' AND e.seq < d.seq)"
                        + " ORDER BY d.next_at, d.seq LIMIT :most")
                .bind("now", now)
                .bind("most", limit)
                .map(
                    (row, context) ->
                        new Due(
                            delivery(row, context),
                            URI.create(row.getString("url")),
                            row.getString("secret"),
                            row.getString("body")))
                .list());
  }

  private static Delivery delivery(ResultSet row, StatementContext unused) throws SQLException {
    return new Delivery(
        row.getString("webhook"),
        row.getLong("seq"),
        row.getString("tenant"),
        row.getString("event_id"),
        row.getString("ticket"),
        ChangeType.valueOf(row.getString("type")),
        Delivery.State.valueOf(row.getString("state")),
        row.getInt("attempts"),
        row.getLong("next_at"),
        row.getLong("created_at"),
        Columns.optional(row, "ended_at"),
        row.getInt("status"),
        row.getString("error"));
  }

  @Override
  public void record(Delivery after) {
    writer.write(
        handle ->
            handle
                .createUpdate(
                    "UPDATE desk_delivery SET state = :state, attempts = :attempts,"
                        + " next_at = :nextAt, ended_at = :endedAt, status = :status,"
                        + " error = :error WHERE webhook = :webhook AND seq = :seq")
                .bind("state", after.state().name())
                .bind("attempts", after.attempts())
                .bind("nextAt", after.nextAt())
                .bind("endedAt", Columns.orNull(after.endedAt()))
                .bind("status", after.status())
                .bind("error", after.error())
                .bind("webhook", after.webhook())
                .bind("seq", after.sequence())
                .execute());
  }

  @Override
  public boolean revive(String tenant, String webhook, long sequence, long now) {
    return writer.write(
            handle ->
                handle.execute(
                    "UPDATE desk_delivery SET state = 'PENDING', attempts = 0, next_at = ?,"
                        + " ended_at = NULL"
                        + " WHERE tenant = ? AND webhook = ? AND seq = ? AND state = 'DEAD'",
                    now,
                    tenant,
                    webhook,
                    sequence))
        > 0;
  }

  @Override
  public List<Delivery> log(LogQuery query) {
    String sql =
        "SELECT * FROM desk_delivery WHERE tenant = :tenant AND seq < :before"
            + (query.webhook().isPresent() ? " AND webhook = :webhook" : "")
            + (query.state().isPresent() ? " AND state = :state" : "")
            + " ORDER BY seq DESC, webhook LIMIT :most";
    return jdbi.withHandle(
        handle -> {
          Query statement =
              handle
                  .createQuery(sql)
                  .bind("tenant", query.tenant())
                  .bind("before", query.before())
                  .bind("most", query.limit());
          query.webhook().ifPresent(webhook -> statement.bind("webhook", webhook));
          query.state().ifPresent(state -> statement.bind("state", state.name()));
          return statement.map(SqlWebhookStore::delivery).list();
        });
  }

  @Override
  public Backlog backlog() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT COALESCE(SUM(CASE WHEN state = 'PENDING' THEN 1 ELSE 0 END), 0) AS"
                        + " pending, COALESCE(SUM(CASE WHEN state = 'DEAD' THEN 1 ELSE 0 END), 0)"
                        + " AS dead FROM desk_delivery WHERE state <> 'DELIVERED'")
                .map((row, context) -> new Backlog(row.getLong("pending"), row.getLong("dead")))
                .one());
  }

  @Override
  public void forget(long before) {
    writer.write(
        handle ->
            handle.execute(
                "DELETE FROM desk_delivery WHERE state <> 'PENDING' AND ended_at < ?", before));
  }
}
