package io.foretell.proto;

import java.util.List;

/**
 * Something a device must do. It is done only when the device proves so.
 *
 * @param id unique; the device answers with it
 * @param verb {@code install}, {@code routine}, {@code read-faults}, {@code clear-faults}, {@code
 *     configure}, {@code reboot}, or a model's own word
 * @param arguments a JSON object
 * @param issuedAt ms since 1970
 * @param expiresAt after this moment it is neither sent nor started
 * @param preconditions what must hold on the device when it starts; all of them
 * @param issuedBy who wants it: {@code campaign:…}, {@code user:…}
 */
public record Command(
    String id,
    String verb,
    String arguments,
    long issuedAt,
    long expiresAt,
    List<String> preconditions,
    String issuedBy) {
  /** Copies the preconditions. */
  public Command {
    preconditions = List.copyOf(preconditions);
  }
}
