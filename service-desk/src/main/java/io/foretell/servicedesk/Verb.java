package io.foretell.servicedesk;

import java.util.Locale;

/** What can be done to a ticket, or happen to it. */
public enum Verb {
  /** A finding asserts the problem, anew or again. */
  SEE,
  /** The device proves that it is gone. */
  CLEAR,
  ACKNOWLEDGE,
  ASSIGN,
  START,
  START_REMEDY,
  APPLY_REMEDY,
  CLOSE,
  /** Close although the device has proved nothing. */
  FORCE_CLOSE,
  REOPEN,
  COMMENT;

  /** The word for a person: {@code force-close}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
