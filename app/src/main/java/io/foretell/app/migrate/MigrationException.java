package io.foretell.app.migrate;

import org.jspecify.annotations.Nullable;

/** An installation cannot be moved, or not in this way. The message says why and what to do. */
public final class MigrationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MigrationException(String message) {
    super(message);
  }

  MigrationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
