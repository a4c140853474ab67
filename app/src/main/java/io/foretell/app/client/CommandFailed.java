package io.foretell.app.client;

/** A command could not do what it was asked for; the message is for the user, exit code 1. */
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what the user needs to know. */
  public CommandFailed(String message) {
    super(message);
  }
}
