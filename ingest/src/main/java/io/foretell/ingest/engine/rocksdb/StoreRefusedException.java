package io.foretell.ingest.engine.rocksdb;

/**
 * The folder of the lanes cannot be opened as it is: another process has it, or a later version
 * wrote it. The message says what to do.
 */
public final class StoreRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StoreRefusedException(String message) {
    super(message);
  }

  StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
