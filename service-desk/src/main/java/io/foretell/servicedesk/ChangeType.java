package io.foretell.servicedesk;

import java.util.Locale;

/** What about a ticket has changed; others subscribe to these words. */
public enum ChangeType {
  OPENED,
  ACKNOWLEDGED,
  ASSIGNED,
  STARTED,
  /** A remedy is on the device; its proof is awaited. */
  VERIFYING,
  VERIFIED,
  CLOSED,
  REOPENED,
  /** More urgent than before. */
  RAISED,
  COMMENTED,
  /**
   * Only the timeline has grown: seen again. It is shown live but goes to no other system, because
   * a fault that flickers would flood them.
   */
  NOTED;

  /** As it stands in an event's type: {@code opened}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether other systems are told. */
  public boolean published() {
    return this != NOTED;
  }
}
