package io.foretell.proto;

/**
 * A ticket has changed.
 *
 * @param id the ticket
 * @param cause of the findings that it stands for
 * @param title one line for a person
 * @param state what it is now
 * @param urgency how soon someone must act
 * @param at when it changed, ms since 1970
 * @param openedAt when it was first opened
 * @param note why it changed, for a person
 * @param reopened how often it was reopened
 */
public record TicketEvent(
    String id,
    String cause,
    String title,
    State state,
    Urgency urgency,
    long at,
    long openedAt,
    String note,
    int reopened) {

  /** Where a ticket stands (after ITIL incident states, with the device's proof added). */
  public enum State {
    OPEN,
    ACKNOWLEDGED,
    IN_PROGRESS,
    /** A remedy is on the device; its proof is awaited. */
    VERIFYING,
    /** The device proved that the fault is gone. */
    VERIFIED,
    CLOSED,
    /** It came back after it was verified or closed. */
    REOPENED
  }

  /** How soon someone must act, from least to most. */
  public enum Urgency {
    LOW,
    MEDIUM,
    HIGH,
    EMERGENCY
  }
}
