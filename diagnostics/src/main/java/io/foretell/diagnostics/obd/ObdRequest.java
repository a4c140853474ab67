package io.foretell.diagnostics.obd;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request: a service, and for most of them what is asked for.
 *
 * @param service 01–0A
 * @param pid PID or info type, 00–FF; -1 where the service takes none
 * @param more further PIDs of the same request, five at most (CAN only)
 */
public record ObdRequest(int service, int pid, List<Integer> more) {
  /** Service, PIDs or a frame number, and what a tester may add: how many answers to wait for. */
  private static final Pattern FORM =
      Pattern.compile("0([1-9Aa])((?:\\s*[0-9A-Fa-f]{2}){0,6})\\s*[0-9A-Fa-f]?");

  private static final int CURRENT_DATA = 1;

  /** Copies the further PIDs. */
  public ObdRequest {
    more = List.copyOf(more);
  }

  /** A request of one thing. */
  public ObdRequest(int service, int pid) {
    this(service, pid, List.of());
  }

  /**
   * Reads {@code 010C}, {@code 01 0C}, {@code 03}, {@code 020C00}, {@code 010C0D05}.
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
    List<Integer> asked = new ArrayList<>();
    for (byte one : HexFormat.of().parseHex(m.group(2).replaceAll("\\s", ""))) {
      asked.add(one & 0xFF);
    }
    if (asked.isEmpty()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the service needs a PID");
    }
    return new ObdRequest(
        service,
        asked.get(0),
        service == CURRENT_DATA ? asked.subList(1, asked.size()) : List.of());
  }

  /** Whether it asks for a PID. */
  boolean asks(int other) {
    return other == pid || more.contains(other);
  }

  /** Whether it asks for trouble codes: stored, pending or permanent. */
  public boolean asksForCodes() {
    return service == 0x03 || service == 0x07 || service == 0x0A;
  }
}
