package io.foretell.firmwareota;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * One ring of devices in a campaign.
 *
 * @param size how many devices
 * @param halt what stops the campaign here
 */
public record Wave(Size size, HaltRule halt) {

  /**
   * A wave whose rule may be missing, as it comes from outside.
   *
   * @throws InvalidInputException {@link ReasonCode#MISSING_THRESHOLD} where it has none
   */
  public static Wave of(Size size, @Nullable HaltRule halt) {
    if (halt == null) {
      throw new InvalidInputException(ReasonCode.MISSING_THRESHOLD, "a wave has no halt rule");
    }
    return new Wave(size, halt);
  }

  /** How many devices a wave has. Devices that no wave covers are left out of the campaign. */
  public sealed interface Size {}

  /**
   * A share of all targets; with the waves before it rounded up to whole devices.
   *
   * @param share above 0, at most 1
   */
  public record Share(double share) implements Size {
    /** Refuses other shares. */
    public Share {
      if (!(share > 0 && share <= 1)) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a share in (0, 1], not " + share);
      }
    }
  }

  /**
   * A number of devices.
   *
   * @param devices 1 or more
   */
  public record Count(int devices) implements Size {
    /** Refuses empty waves. */
    public Count {
      if (devices < 1) {
        throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a wave of " + devices);
      }
    }
  }
}
