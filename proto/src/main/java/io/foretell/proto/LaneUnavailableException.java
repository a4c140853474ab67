package io.foretell.proto;

/** The lane cannot make entries durable now: the disk is full, failing, or the engine is closed. */
public final class LaneUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what the disk or the broker said. */
  public LaneUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Where there is no cause but the state of the engine. */
  public LaneUnavailableException(String message) {
    super(message);
  }
}
