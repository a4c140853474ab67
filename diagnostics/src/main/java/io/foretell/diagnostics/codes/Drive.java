package io.foretell.diagnostics.codes;

/** Whether the vehicle or machine may go on with a fault. */
public enum Drive {
  /** It may. */
  YES,
  /** With care, to the next place where someone can look at it. */
  LIMITED,
  /** Stop. */
  NO
}
