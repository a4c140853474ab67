package io.foretell.agent;

/** The server cannot be reached, or has not acknowledged: to be tried again. */
public final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean refused;

  /** The network's fault: trying again may help. */
  public LinkException(String message, Throwable cause) {
    super(message, cause);
    this.refused = false;
  }

  /**
   * Where there is no cause but the server's word.
   *
   * @param refused whether the server has refused the credentials
   */
  public LinkException(String message, boolean refused) {
    super(message);
    this.refused = refused;
  }

  /** Whether the server has refused the credentials. */
  public boolean refused() {
    return refused;
  }
}
