package io.foretell.servicedesk.sql;

import io.foretell.proto.TicketEvent.Urgency;
import io.foretell.servicedesk.Kpis;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Reads the key figures of one tenant and span. */
final class KeyFigures {
  private static final String OPENED =
      " FROM desk_ticket WHERE tenant = :tenant AND opened_at >= :from AND opened_at < :to";
  private static final String ROUNDS =
      " FROM desk_round WHERE tenant = :tenant AND started_at >= :from AND started_at < :to";

  private final Handle handle;
  private final String tenant;
  private final long from;
  private final long to;
  private final long now;

  KeyFigures(Handle handle, String tenant, long from, long to, long now) {
    this.handle = handle;
    this.tenant = tenant;
    this.from = from;
    this.to = to;
    this.now = now;
  }

  Kpis read() {
    return new Kpis(
        openByUrgency(),
        count("SELECT COUNT(*)" + OPENED),
        mean("SELECT AVG(acknowledged_at - started_at)" + ROUNDS),
        mean("SELECT AVG(verified_at - started_at)" + ROUNDS),
        count("SELECT COUNT(*)" + OPENED + " AND kind IN ('PREDICTED_FAILURE', 'ANOMALY')"),
        count("SELECT COUNT(*)" + OPENED + " AND reopened > 0"),
        count(breaches("COALESCE(acknowledged_at, verified_at, closed_at, :now) > respond_by")),
        count(breaches("COALESCE(verified_at, closed_at, :now) > resolve_by")),
        days().entrySet().stream().map(day -> day(day.getKey(), day.getValue())).toList());
  }

  private Map<Urgency, Long> openByUrgency() {
    Map<Urgency, Long> open = new EnumMap<>(Urgency.class);
    for (Urgency urgency : Urgency.values()) {
      open.put(urgency, 0L);
    }
    handle
        .createQuery(
            "SELECT urgency, COUNT(*) AS many FROM desk_ticket"
                + " WHERE tenant = :tenant AND is_open = 1 GROUP BY urgency")
        .bind("tenant", tenant)
        .map(
            (row, context) ->
                Map.entry(Columns.urgency(row.getInt("urgency")), row.getLong("many")))
        .forEach(entry -> open.put(entry.getKey(), entry.getValue()));
    return open;
  }

  private static String breaches(String late) {
    return "SELECT COUNT(*)" + ROUNDS + " AND " + late;
  }

  private long count(String sql) {
    Query query = span(sql);
    if (sql.contains(":now")) {
      query.bind("now", now);
    }
    return query.mapTo(Long.class).one();
  }

  private Optional<Duration> mean(String sql) {
    return span(sql)
        .map((row, context) -> Optional.ofNullable(row.getBigDecimal(1)))
        .one()
        .map(millis -> Duration.ofMillis(millis.longValue()));
  }

  /** Day since 1970 to how many were opened, reopened, verified and closed. */
  private Map<Long, long[]> days() {
    Map<Long, long[]> days = new TreeMap<>();
    perDay(days, 0, "started_at", " AND round = 0");
    perDay(days, 1, "started_at", " AND round > 0");
    perDay(days, 2, "verified_at", "");
    perDay(days, 3, "closed_at", "");
    return days;
  }

  private void perDay(Map<Long, long[]> days, int what, String when, String which) {
    span("SELECT day, COUNT(*) AS many FROM (SELECT "
            + when
            + " / 86400000 AS day FROM desk_round WHERE tenant = :tenant AND "
            + when
            + " >= :from AND "
            + when
            + " < :to"
            + which
            + ") AS moments GROUP BY day")
        .map((row, context) -> new long[] {row.getLong("day"), row.getLong("many")})
        .forEach(row -> days.computeIfAbsent(row[0], day -> new long[4])[what] = row[1]);
  }

  private static Kpis.Day day(long since1970, long[] counts) {
    return new Kpis.Day(
        LocalDate.ofEpochDay(since1970), counts[0], counts[1], counts[2], counts[3]);
  }

  private Query span(String sql) {
    return handle.createQuery(sql).bind("tenant", tenant).bind("from", from).bind("to", to);
  }
}
