package io.foretell.diagnostics.isotp;

import io.foretell.proto.ReasonCode;
import java.util.Locale;

/** Why a message could not be put together. */
public enum Defect {
  /** A consecutive frame is missing, or the capture ends before the message. */
  DROP,
  /** A consecutive frame came twice. */
  DUP,
  /** The last consecutive frame came again, after the message was complete and handed over. */
  DUP_OF_LAST,
  /** Two consecutive frames came in each other's place. */
  SWAP,
  /** A new message began before this one was complete. */
  INTERRUPTED,
  /** Consecutive frames without a first frame. */
  ORPHAN,
  /** The length in the frame cannot be right. */
  LENGTH,
  /** The message is longer than is taken. */
  TOO_LARGE,
  /** The receiver said in a flow control frame that it has no room: the sender gives up. */
  OVERFLOW;

  /** The reason that a sender would be given. */
  public ReasonCode reason() {
    return switch (this) {
      case DROP, INTERRUPTED, ORPHAN -> ReasonCode.TRUNCATED_FRAME;
      case DUP, DUP_OF_LAST, SWAP, LENGTH -> ReasonCode.WRONG_SHAPE;
      case TOO_LARGE, OVERFLOW -> ReasonCode.TOO_LARGE;
    };
  }

  /** The name in recorded vectors. */
  public String word() {
    return this == DUP_OF_LAST ? DUP.word() : name().toLowerCase(Locale.ROOT);
  }
}
