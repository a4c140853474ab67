package io.foretell.ingest;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/**
 * Which message of its device a payload says it is.
 *
 * @param bootId changes each time the device starts
 * @param sequence counts up from 1 within a boot, at most 2<sup>63</sup> − 1; 0: the device does
 *     not number its messages
 */
public record Origin(long bootId, long sequence) {
  /** A message without a number. */
  public static final Origin NONE = new Origin(0, 0);

  /** Refuses a sequence beyond the range with {@link InvalidInputException}. */
  public Origin {
    if (sequence < 0) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "origin.sequence above 2^63 - 1");
    }
  }

  /** Whether the message has a number. */
  public boolean numbered() {
    return sequence != 0;
  }
}
