package io.foretell.diagnostics.uds;

import java.util.Map;

/**
 * A refusal, ISO 14229-1 annex A.
 *
 * @param service the service that is refused
 * @param code negative response code
 */
public record NegativeResponse(int service, int code) {
  /** The answer will come later; not a failure. */
  public static final int RESPONSE_PENDING = 0x78;

  private static final Map<Integer, String> NAMES = NegativeResponseNames.read();

  /** Whether it only says that the answer comes later. */
  public boolean isWait() {
    return code == RESPONSE_PENDING;
  }

  /** The code's name; its number where it is reserved. */
  public String name() {
    return NAMES.getOrDefault(code, Integer.toString(code));
  }
}
