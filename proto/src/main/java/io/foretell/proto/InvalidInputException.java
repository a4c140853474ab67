package io.foretell.proto;

/** An input from outside that cannot be taken, with the reason that its sender gets. */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ReasonCode reason;

  /**
   * @param reason what the sender is told
   * @param detail what exactly was wrong; never a secret
   */
  public InvalidInputException(ReasonCode reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  /** What the sender is told. */
  public ReasonCode reason() {
    return reason;
  }

  /** What exactly was wrong. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
