package io.foretell.firmwareota;

import io.foretell.proto.Digest;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.List;

/**
 * What a person wants a campaign to do; fixed once the campaign is made.
 *
 * @param artifact what to install
 * @param fixes the causes of findings that it heals, as a pattern where {@code *} stands for
 *     anything; empty: none
 * @param waves in their order; at least one
 * @param commandMillis how long after it is issued a command may be started
 * @param preconditions what must hold on a device when it starts
 */
public record Plan(
    Digest artifact,
    String fixes,
    Selection selection,
    List<Wave> waves,
    long commandMillis,
    List<String> preconditions) {
  private static final int MAX_WAVES = 100;

  /** Refuses a plan without waves, or with a command that cannot be started. */
  public Plan {
    waves = List.copyOf(waves);
    preconditions = List.copyOf(preconditions);
    if (waves.isEmpty()) {
      throw new InvalidInputException(ReasonCode.MISSING_THRESHOLD, "a campaign has no wave");
    }
    if (waves.size() > MAX_WAVES) {
      throw new InvalidInputException(ReasonCode.TOO_LARGE, "more than " + MAX_WAVES + " waves");
    }
    if (commandMillis <= 0) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a command that expires at once");
    }
  }

  /** How many of {@code targets} devices each wave has. */
  int[] sizes(int targets) {
    int[] sizes = new int[waves.size()];
    int taken = 0;
    double share = 0;
    for (int i = 0; i < sizes.length; i++) {
      int end = taken;
      if (waves.get(i).size() instanceof Wave.Count count) {
        end = (int) Math.min(targets, (long) taken + count.devices());
        share += targets == 0 ? 0 : (double) (end - taken) / targets;
      } else if (waves.get(i).size() instanceof Wave.Share part) {
        share += part.share();
        // Sums of decimal shares miss 1 by some ulps; a device must not fall out for that.
        end = (int) Math.min(targets, Math.ceil(share * targets - 1e-6));
        end = Math.max(end, taken);
      }
      sizes[i] = end - taken;
      taken = end;
    }
    return sizes;
  }
}
