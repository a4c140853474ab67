package io.foretell.servicedesk.outbox;

/** The place that a relay leads to cannot be reached. */
public final class RelayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what went wrong. */
  public RelayException(String detail, Throwable cause) {
    super(detail, cause);
  }
}
