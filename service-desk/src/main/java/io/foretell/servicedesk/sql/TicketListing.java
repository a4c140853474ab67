package io.foretell.servicedesk.sql;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.TicketEvent.State;
import io.foretell.proto.TicketEvent.Urgency;
import io.foretell.servicedesk.Ticket;
import io.foretell.servicedesk.TicketPage;
import io.foretell.servicedesk.TicketQuery;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A query for one page of tickets. The cursor names the last row by what the list is sorted by, so
 * a page costs the same however far down it is, and tickets that come meanwhile shift nothing.
 */
final class TicketListing {
  private static final String SEPARATOR = ",";

  private final TicketQuery query;
  private final StringBuilder where = new StringBuilder("tenant = :tenant");
  private final Map<String, Object> bindings = new HashMap<>();

  TicketListing(TicketQuery query) {
    this.query = query;
    bindings.put("tenant", query.tenant());
    filter();
    query.cursor().ifPresent(this::from);
  }

  String sql() {
    bindings.put("most", query.limit() + 1);
    return "SELECT * FROM desk_ticket WHERE " + where + " ORDER BY " + order() + " LIMIT :most";
  }

  String counting() {
    return "SELECT COUNT(*) FROM desk_ticket WHERE " + where;
  }

  Map<String, Object> bindings() {
    return bindings;
  }

  TicketPage page(List<Ticket> found) {
    if (found.size() <= query.limit()) {
      return new TicketPage(found, Optional.empty());
    }
    List<Ticket> page = found.subList(0, query.limit());
    return new TicketPage(page, Optional.of(cursor(page.get(page.size() - 1))));
  }

  private String order() {
    return switch (query.order()) {
      case URGENCY -> "urgency DESC, due_at, number";
      case DUE -> "due_at, number";
      case NEWEST -> "number DESC";
    };
  }

  private void filter() {
    if (!query.states().isEmpty()) {
      // Words of an enumeration, so nothing from outside enters the statement.
      where.append(
          query.states().stream()
              .map(State::name)
              .collect(Collectors.joining("', '", " AND state IN ('", "')")));
    }
    if (!query.urgencies().isEmpty()) {
      where.append(
          query.urgencies().stream()
              .map(TicketListing::rank)
              .collect(Collectors.joining(", ", " AND urgency IN (", ")")));
    }
    if (!query.device().isEmpty()) {
      where.append(" AND device = :device");
      bindings.put("device", query.device());
    }
    if (!query.cause().isEmpty()) {
      filterCause();
    }
    if (!query.text().isEmpty()) {
      where.append(
          " AND (LOWER(title) LIKE :text ESCAPE '!' OR LOWER(cause) LIKE :text ESCAPE '!'"
              + " OR LOWER(device) LIKE :text ESCAPE '!' OR number = :named)");
      bindings.put("text", "%" + literal(query.text().toLowerCase(Locale.ROOT)) + "%");
      bindings.put("named", Columns.number(query.text().toUpperCase(Locale.ROOT)).orElse(-1));
    }
  }

  private void filterCause() {
    boolean prefix = query.cause().endsWith("*");
    where.append(prefix ? " AND cause LIKE :cause ESCAPE '!'" : " AND cause = :cause");
    bindings.put(
        "cause",
        prefix
            ? literal(query.cause().substring(0, query.cause().length() - 1)) + "%"
            : query.cause());
  }

  private static String rank(Urgency urgency) {
    return Integer.toString(Columns.rank(urgency));
  }

  private static String literal(String text) {
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }

  private String cursor(Ticket last) {
    long number = TicketRow.number(last);
    String place =
        query.order()
            + SEPARATOR
            + Columns.rank(last.urgency())
            + SEPARATOR
            + last.clocks().dueAt()
            + SEPARATOR
            + number;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.US_ASCII));
  }

  private void from(String cursor) {
    try {
      String[] place =
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII)
              .split(SEPARATOR, -1);
      if (place.length != 4 || !place[0].equals(query.order().name())) {
        throw strange(cursor);
      }
      bindings.put("urgency", Integer.parseInt(place[1]));
      bindings.put("due", Long.parseLong(place[2]));
      bindings.put("number", Long.parseLong(place[3]));
    } catch (IllegalArgumentException e) {
      throw strange(cursor);
    }
    String laterDue = "(due_at > :due OR (due_at = :due AND number > :number))";
    where.append(
        switch (query.order()) {
          case URGENCY -> " AND urgency <= :urgency AND (urgency < :urgency OR " + laterDue + ")";
          case DUE -> " AND due_at >= :due AND " + laterDue;
          case NEWEST -> " AND number < :number";
        });
  }

  private static InvalidInputException strange(String cursor) {
    return new InvalidInputException(
        ReasonCode.WRONG_SHAPE, "'" + cursor + "' is no cursor of this list and order");
  }
}
