package io.foretell.servicedesk;

/** What a step of a ticket says about the remedies tried on it. */
public enum RemedyEffect {
  /** The ticket's remedy is on the device. */
  APPLIED,
  /** The ticket's remedy was on the device before its proof came, but word of it came later. */
  APPLIED_BEFORE_PROOF,
  /** What was applied and awaits proof did not help. */
  FAILED,
  /** What was applied last and awaits proof has helped. */
  VERIFIED,
  /** What had helped did not last. */
  RELAPSED
}
