package io.foretell.gateway.downlink;

/** The store of commands cannot be read or written now. */
public final class DownlinkUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what the database said. */
  public DownlinkUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
