package io.foretell.servicedesk;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/**
 * What may fix a problem.
 *
 * @param kind what sort of thing it is
 * @param ref names it where it is kept ({@code campaign:c-17}, a part number); 1–200 characters;
 *     (kind, ref) is what its success is measured by
 * @param text one line for a person
 */
public record Remedy(Kind kind, String ref, String text) {
  private static final int MOST = 200;

  /** Refuses an empty or overlong reference with {@link InvalidInputException}. */
  public Remedy {
    if (ref.isBlank() || ref.length() > MOST) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "a remedy's ref has 1 to " + MOST + " characters");
    }
  }

  /** What sort of thing a remedy is. */
  public enum Kind {
    /** Software over the air. */
    CAMPAIGN,
    /** A routine that the device runs itself. */
    ROUTINE,
    /** A setting. */
    CONFIGURATION,
    /** Something to replace. */
    PART,
    /** Someone goes there. */
    VISIT
  }

  /** Whether the other one is the same remedy, whatever its text. */
  public boolean same(Remedy other) {
    return kind == other.kind && ref.equals(other.ref);
  }
}
