package io.foretell.diagnostics.uds;

import java.util.ArrayList;
import java.util.List;

/** The names of the eight bits of a DTC's status, ISO 14229-1 annex D.2. */
public final class StatusBits {
  private static final List<String> NAMES =
      List.of(
          "testFailed",
          "testFailedThisOperationCycle",
          "pendingDTC",
          "confirmedDTC",
          "testNotCompletedSinceLastClear",
          "testFailedSinceLastClear",
          "testNotCompletedThisOperationCycle",
          "warningIndicatorRequested");

  private StatusBits() {}

  /** The names of the bits that are set, from bit 0 up. */
  public static List<String> names(int status) {
    List<String> set = new ArrayList<>(NAMES.size());
    for (int bit = 0; bit < NAMES.size(); bit++) {
      if ((status >>> bit & 1) != 0) {
        set.add(NAMES.get(bit));
      }
    }
    return set;
  }
}
