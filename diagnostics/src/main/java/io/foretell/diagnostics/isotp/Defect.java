package io.foretell.diagnostics.isotp;

import java.util.Locale;

/** Why a message could not be put together. */
public enum Defect {
  /** A consecutive frame is missing, or the capture ends before the message. */
  DROP,
  /** A consecutive frame came twice. */
  DUP,
  /** Two consecutive frames came in each other's place. */
  SWAP,
  /** A new message began before this one was complete. */
  INTERRUPTED,
  /** Consecutive frames without a first frame. */
  ORPHAN,
  /** The length in the frame cannot be right. */
  LENGTH,
  /** The message is longer than is taken. */
  TOO_LARGE;

  /** The name in recorded vectors. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
