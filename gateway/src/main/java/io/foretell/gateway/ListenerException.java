package io.foretell.gateway;

/** A listener cannot open its port; the message alone tells the operator why. */
public final class ListenerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message what, where and why, in one sentence
   * @param cause what the system said
   */
  public ListenerException(String message, Throwable cause) {
    super(message, cause);
  }
}
