package io.foretell.agent;

/**
 * What the server said of a message: it has it, durably.
 *
 * @param usable false where the server keeps it as a reject; sending it again would not help
 * @param reason why, where it is not usable; empty otherwise
 */
public record Ack(boolean usable, String reason) {
  /** It is stored. */
  public static final Ack STORED = new Ack(true, "");
}
