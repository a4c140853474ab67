package io.foretell.app.records;

import org.jspecify.annotations.Nullable;

/** The database of the records cannot be used as configured. The message says why. */
public final class RecordsRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RecordsRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
