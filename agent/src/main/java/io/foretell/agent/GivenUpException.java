package io.foretell.agent;

/** A message was given up before the server had it: the spool was full, or its agent was closed. */
public final class GivenUpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what happened. */
  public GivenUpException(String message) {
    super(message);
  }
}
