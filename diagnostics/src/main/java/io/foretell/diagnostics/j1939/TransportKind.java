package io.foretell.diagnostics.j1939;

/** How a message of several packets is sent. */
public enum TransportKind {
  /** Broadcast announce: to all, without a hand-shake; at most 1785 bytes. */
  BAM,
  /** Request and clear to send: to one, at most 1785 bytes. */
  RTS,
  /** Extended: to one, more than 1785 bytes. */
  ETP
}
