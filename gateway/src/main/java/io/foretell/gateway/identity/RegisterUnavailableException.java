package io.foretell.gateway.identity;

/** The register of devices cannot be read or written now. */
public final class RegisterUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what the database said. */
  public RegisterUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
