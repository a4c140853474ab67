package io.foretell.app.backup;

import java.io.IOException;

/** A backup that cannot be used, or a place that cannot take one; says what to do about it. */
public final class BackupException extends IOException {
  private static final long serialVersionUID = 1;

  BackupException(String message) {
    super(message);
  }

  BackupException(String message, Throwable cause) {
    super(message, cause);
  }
}
