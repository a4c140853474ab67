package io.foretell.proto;

/** How bad something is, from least to worst. */
public enum Severity {
  /** Worth knowing. */
  INFO,
  /** Look at the next service. */
  MINOR,
  /** Act soon: the device degrades or will fail. */
  MAJOR,
  /** Act now: unsafe, or stopped. */
  CRITICAL
}
