package io.foretell.firmwareota;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What stops a campaign at a wave, and what a wave must show before the next one may begin. There
 * is no way to have none: every threshold is typed and given when the campaign is made.
 *
 * @param maxFailedShare failed, refused, silent and rolled-back devices over the wave's devices; 0
 *     to below 1; one above it halts
 * @param maxRolledBack so many devices may fall back to their old software; one more halts
 * @param silenceMillis a device that took the command and says nothing for so long has failed
 * @param minSuccessShare proven devices over the wave's devices before the next wave; above 0, at
 *     most 1
 * @param soakMillis how long that share must have held before the next wave
 */
public record HaltRule(
    double maxFailedShare,
    int maxRolledBack,
    long silenceMillis,
    double minSuccessShare,
    long soakMillis) {

  /** Refuses thresholds out of their range with {@link ReasonCode#WRONG_SHAPE}. */
  public HaltRule {
    require(maxFailedShare >= 0 && maxFailedShare < 1, "max failed share in [0, 1)");
    require(maxRolledBack >= 0, "max rolled back of 0 or more");
    require(silenceMillis > 0, "silence timeout above 0");
    require(minSuccessShare > 0 && minSuccessShare <= 1, "min success share in (0, 1]");
    require(soakMillis >= 0, "soak time of 0 or more");
  }

  /**
   * From values that may be missing, as they come from outside.
   *
   * @throws InvalidInputException {@link ReasonCode#MISSING_THRESHOLD} where one is missing
   */
  public static HaltRule of(
      @Nullable Double maxFailedShare,
      @Nullable Integer maxRolledBack,
      @Nullable Long silenceMillis,
      @Nullable Double minSuccessShare,
      @Nullable Long soakMillis) {
    return new HaltRule(
        present(maxFailedShare, "max failed share"),
        present(maxRolledBack, "max rolled back"),
        present(silenceMillis, "silence timeout"),
        present(minSuccessShare, "min success share"),
        present(soakMillis, "soak time"));
  }

  private static <T> T present(@Nullable T value, String name) {
    if (value == null) {
      throw new InvalidInputException(ReasonCode.MISSING_THRESHOLD, name + " is missing");
    }
    return value;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a halt rule needs a " + what);
    }
  }
}
