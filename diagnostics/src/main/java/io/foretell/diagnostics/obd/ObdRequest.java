package io.foretell.diagnostics.obd;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request: a service, and for most of them what is asked for.
 *
 * @param service 01–0A
 * @param pid PID or info type, 00–FF; -1 where the service takes none
 */
public record ObdRequest(int service, int pid) {
  /** Service, PID, and what a tester may add: a frame number, or how many answers to wait for. */
  private static final Pattern FORM =
      Pattern.compile("0([1-9Aa])\\s*(?:([0-9A-Fa-f]{2})\\s*[0-9A-Fa-f]{0,2}\\s*[0-9A-Fa-f]?)?");

  /**
   * Reads {@code 010C}, {@code 01 0C}, {@code 03}, {@code 020C00}.
   *
   * @throws InvalidInputException where it is none
   */
  public static ObdRequest of(String text) {
    Matcher m = FORM.matcher(text.trim());
    if (!m.matches()) {
      throw new InvalidInputException(
          ReasonCode.WRONG_SHAPE, "a request is a service and a PID in hex, like 010C");
    }
    int service = Integer.parseInt(m.group(1), 16);
    ObdRequest codes = new ObdRequest(service, -1);
    if (codes.asksForCodes()) {
      return codes;
    }
    if (m.group(2) == null) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the service needs a PID");
    }
    return new ObdRequest(service, Integer.parseInt(m.group(2), 16));
  }

  /** Whether it asks for trouble codes: stored, pending or permanent. */
  public boolean asksForCodes() {
    return service == 0x03 || service == 0x07 || service == 0x0A;
  }
}
