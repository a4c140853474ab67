package io.foretell.proto;

import java.util.regex.Pattern;

/**
 * The SHA-256 of some bytes, which names them. Text form: {@code sha256:} and 64 lower-case hex
 * digits; in paths the digits alone.
 *
 * @param hex 64 lower-case hex digits
 */
public record Digest(String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  /** Refuses anything else with {@link InvalidInputException}. */
  public Digest {
    if (!HEX.matcher(hex).matches()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no SHA-256 digest: '" + hex + "'");
    }
  }

  /** Reads either text form. */
  public static Digest parse(String text) {
    return new Digest(text.startsWith("sha256:") ? text.substring(7) : text);
  }

  @Override
  public String toString() {
    return "sha256:" + hex;
  }
}
