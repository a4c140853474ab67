package io.foretell.servicedesk.sql;

import io.foretell.proto.TicketEvent.Urgency;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** How values that SQL has no type for stand in columns. */
final class Columns {
  private Columns() {}

  static int rank(Urgency urgency) {
    return switch (urgency) {
      case LOW -> 1;
      case MEDIUM -> 2;
      case HIGH -> 3;
      case EMERGENCY -> 4;
    };
  }

  static Urgency urgency(int rank) {
    return switch (rank) {
      case 1 -> Urgency.LOW;
      case 2 -> Urgency.MEDIUM;
      case 3 -> Urgency.HIGH;
      case 4 -> Urgency.EMERGENCY;
      default -> throw new IllegalStateException("no urgency has rank " + rank);
    };
  }

  static String ticketId(long number) {
    return String.format(Locale.ROOT, "T-%06d", number);
  }

  /** The number of a ticket's id; empty where it is none. */
  static OptionalLong number(String id) {
    if (!id.startsWith("T-") || id.length() > 20) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(id.substring(2));
      return ticketId(number).equals(id) ? OptionalLong.of(number) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  static @Nullable Long millis(Optional<Duration> duration) {
    return duration.map(Duration::toMillis).orElse(null);
  }

  static OptionalLong optional(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }

  static Optional<Duration> duration(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
  }

  static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }
}
