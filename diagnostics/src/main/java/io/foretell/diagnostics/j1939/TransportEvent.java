package io.foretell.diagnostics.j1939;

import io.foretell.proto.ReasonCode;

/** What goes wrong, or is given up, in the transport protocol and in diagnostic messages. */
public enum TransportEvent {
  /** A side sent a connection abort. */
  ABORT,
  /** A packet was not the next one; the session is dropped. */
  OUT_OF_ORDER,
  /** A packet belongs to no open session. */
  ORPHAN,
  /** A new announcement took the place of an unfinished session. */
  ABANDONED,
  /** A frame or an announcement cannot be right. */
  MALFORMED,
  /** No packet came for longer than the standard allows; the session is dropped. */
  TIMED_OUT,
  /** Too many sessions were open; the one that was silent longest is dropped. */
  EVICTED,
  /** A diagnostic message is too short. */
  BAD_MESSAGE,
  /** A message was announced that is longer than is taken. */
  TOO_LARGE;

  /** The reason that a sender would be given. */
  public ReasonCode reason() {
    return switch (this) {
      case BAD_MESSAGE, MALFORMED -> ReasonCode.WRONG_SHAPE;
      case TOO_LARGE -> ReasonCode.TOO_LARGE;
      case EVICTED -> ReasonCode.QUOTA_EXCEEDED;
      case TIMED_OUT -> ReasonCode.EXPIRED;
      case ABORT, OUT_OF_ORDER, ORPHAN, ABANDONED -> ReasonCode.TRUNCATED_FRAME;
    };
  }
}
