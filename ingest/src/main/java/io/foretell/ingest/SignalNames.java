package io.foretell.ingest;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;

/** What a signal may be called: 1–200 characters of {@code A-Z a-z 0-9 . _ - / [ ]}. */
final class SignalNames {
  private static final int LONGEST = 200;
  private static final boolean[] ALLOWED = new boolean[128];

  static {
    for (char c = 0; c < ALLOWED.length; c++) {
      ALLOWED[c] =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || "._-/[]".indexOf(c) >= 0;
    }
  }

  private SignalNames() {}

  static void check(String name) {
    int length = name.length();
    boolean good = length > 0 && length <= LONGEST;
    for (int i = 0; good && i < length; i++) {
      char c = name.charAt(i);
      good = c < ALLOWED.length && ALLOWED[c];
    }
    if (!good) {
      String shown = length > LONGEST ? name.substring(0, LONGEST) + "…" : name;
      throw new InvalidInputException(ReasonCode.INVALID_NAME, "signal name '" + shown + "'");
    }
  }
}
