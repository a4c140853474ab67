package io.foretell.gateway.mqtt;

/** The store of sessions cannot be read or written now. */
public final class SessionsUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what the database said. */
  public SessionsUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
