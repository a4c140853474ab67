package io.foretell.diagnostics.uds;

import java.util.List;
import java.util.OptionalInt;

/** A request or an answer of ISO 14229-1. */
public sealed interface UdsMessage {
  /** A refusal; code 0x78 is a wait, not a failure. */
  record Negative(NegativeResponse response) implements UdsMessage {}

  /** A positive answer to ReadDTCInformation. */
  record Codes(DtcReport report) implements UdsMessage {}

  /**
   * Any other message: service, and its parts in the order of the bytes.
   *
   * @param sid service identifier as on the wire
   * @param service the service's name
   * @param request whether it asks
   * @param subFunction its sub-function, without the bit that suppresses the answer
   * @param suppress whether a positive answer is not wanted
   */
  record Framed(
      int sid,
      String service,
      boolean request,
      OptionalInt subFunction,
      boolean suppress,
      List<Part> parts)
      implements UdsMessage {
    /** Copies the parts. */
    public Framed {
      parts = List.copyOf(parts);
    }
  }

  /**
   * A part of a message.
   *
   * @param name what it is
   * @param bytes the bytes
   * @param meaning in words; empty where nothing is known
   * @param values what a definition finds in it
   */
  record Part(String name, byte[] bytes, String meaning, List<DataValue> values) {
    /** Copies the values. */
    public Part {
      values = List.copyOf(values);
    }
  }
}
