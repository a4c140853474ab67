package io.foretell.servicedesk;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/**
 * Which causes a remedy fixes.
 *
 * @param text a cause, or with a trailing {@code *} all causes that begin so; {@code *} alone is
 *     refused, because a remedy for everything is a mistake
 */
public record CausePattern(String text) {
  private static final String REST = "*";

  /** Refuses what is no pattern. */
  public CausePattern {
    if (text.isBlank() || text.equals(REST)) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "'" + text + "' names no cause; write 'obd:P0301' or 'obd:P03*'");
    }
  }

  /** Whether it covers a cause. */
  public boolean matches(String cause) {
    return text.endsWith(REST)
        ? cause.startsWith(text.substring(0, text.length() - 1))
        : cause.equals(text);
  }
}
