package io.foretell.gateway.mqtt;

/**
 * A packet that breaks a normative statement of MQTT. It is part of ordinary service, so it carries
 * no stack trace.
 */
final class ProtocolViolationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;

  /**
   * @param code the reason code of MQTT 5 that goes with it
   * @param clause what is broken, with the statement's number in brackets
   */
  ProtocolViolationException(int code, String clause) {
    super(clause, null, false, false);
    this.code = code;
  }

  /** What the bytes are no packet of the protocol at all. */
  static ProtocolViolationException malformed(String clause) {
    return new ProtocolViolationException(Code.MALFORMED_PACKET, clause);
  }

  /** A packet that can be read but must not be sent, or not now. */
  static ProtocolViolationException error(String clause) {
    return new ProtocolViolationException(Code.PROTOCOL_ERROR, clause);
  }

  int code() {
    return code;
  }

  String clause() {
    return String.valueOf(getMessage());
  }
}
