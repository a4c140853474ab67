package io.foretell.servicedesk.sql;

import io.foretell.servicedesk.Remedy;
import io.foretell.servicedesk.Ticket;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Update;

/** How a ticket and its present round are written. */
final class TicketRow {
  private static final List<String> KEY = List.of("tenant", "number");
  private static final List<String> FIXED = List.of("device", "cause", "kind", "opened_at");
  private static final List<String> CHANGING =
      List.of(
          "title",
          "state",
          "is_open",
          "severity",
          "urgency",
          "confidence",
          "horizon_ms",
          "exposure",
          "started_at",
          "respond_by",
          "resolve_by",
          "due_at",
          "acknowledged_at",
          "acknowledged_by",
          "verified_at",
          "closed_at",
          "since",
          "last_seen",
          "cleared",
          "sightings",
          "owner",
          "remedy_kind",
          "remedy_ref",
          "remedy_text",
          "remedy_applied",
          "reopened",
          "version");
  private static final List<String> ROUND =
      List.of(
          "started_at", "respond_by", "resolve_by", "acknowledged_at", "verified_at", "closed_at");

  static final String INSERT = insert("desk_ticket", KEY, FIXED, CHANGING);
  static final String UPDATE =
      "UPDATE desk_ticket SET "
          + assign(CHANGING)
          + " WHERE tenant = :tenant AND number = :number AND version = :before";
  static final String INSERT_ROUND = insert("desk_round", KEY, List.of("round"), ROUND);
  static final String UPDATE_ROUND =
      "UPDATE desk_round SET "
          + assign(ROUND)
          + " WHERE tenant = :tenant AND number = :number AND round = :round";

  private TicketRow() {}

  static long number(Ticket ticket) {
    return Columns.number(ticket.id()).orElseThrow();
  }

  static Update bind(Update update, Ticket ticket) {
    var assessment = ticket.assessment();
    var sightings = ticket.sightings();
    return bindClocks(update, ticket)
        .bind("device", ticket.device().device())
        .bind("cause", ticket.cause())
        .bind("kind", ticket.kind().name())
        .bind("opened_at", ticket.openedAt())
        .bind("title", ticket.title())
        .bind("state", ticket.state().name())
        .bind("is_open", ticket.open() ? 1 : 0)
        .bind("severity", assessment.severity().name())
        .bind("urgency", Columns.rank(assessment.urgency()))
        .bind("confidence", assessment.confidence())
        .bind("horizon_ms", Columns.millis(assessment.horizon()))
        .bind("exposure", assessment.exposure())
        .bind("due_at", ticket.clocks().dueAt())
        .bind("acknowledged_by", ticket.acknowledgedBy().orElse(null))
        .bind("since", sightings.since())
        .bind("last_seen", sightings.last())
        .bind("cleared", Columns.orNull(sightings.cleared()))
        .bind("sightings", sightings.count())
        .bind("owner", ticket.owner().orElse(null))
        .bind("remedy_kind", ticket.remedy().map(remedy -> remedy.kind().name()).orElse(null))
        .bind("remedy_ref", ticket.remedy().map(Remedy::ref).orElse(null))
        .bind("remedy_text", ticket.remedy().map(Remedy::text).orElse(null))
        .bind("remedy_applied", ticket.remedyApplied() ? 1 : 0)
        .bind("reopened", ticket.reopened())
        .bind("version", ticket.version());
  }

  static Update bindRound(Update update, Ticket ticket) {
    return bindClocks(update, ticket).bind("round", ticket.reopened());
  }

  private static Update bindClocks(Update update, Ticket ticket) {
    var clocks = ticket.clocks();
    return update
        .bind("tenant", ticket.device().tenant())
        .bind("number", number(ticket))
        .bind("started_at", clocks.startedAt())
        .bind("respond_by", clocks.respondBy())
        .bind("resolve_by", clocks.resolveBy())
        .bind("acknowledged_at", Columns.orNull(clocks.acknowledgedAt()))
        .bind("verified_at", Columns.orNull(clocks.verifiedAt()))
        .bind("closed_at", Columns.orNull(clocks.closedAt()));
  }

  @SafeVarargs
  private static String insert(String table, List<String>... groups) {
    List<String> columns = Arrays.stream(groups).flatMap(List::stream).toList();
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", columns)
        + ") VALUES ("
        + columns.stream().map(column -> ":" + column).collect(Collectors.joining(", "))
        + ")";
  }

  private static String assign(List<String> columns) {
    return columns.stream()
        .map(column -> column + " = :" + column)
        .collect(Collectors.joining(", "));
  }
}
