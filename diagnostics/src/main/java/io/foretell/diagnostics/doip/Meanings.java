package io.foretell.diagnostics.doip;

/** What the codes of ISO 13400-2 mean. */
final class Meanings {
  static final int ACTIVATED = 0x10;
  private static final String RESERVED = "reserved";

  private Meanings() {}

  static String header(int code) {
    return switch (code) {
      case 0x00 -> "incorrect pattern format";
      case 0x01 -> "unknown payload type";
      case 0x02 -> "message too large";
      case 0x03 -> "out of memory";
      case 0x04 -> "invalid payload length";
      default -> RESERVED;
    };
  }

  static String action(int code) {
    return switch (code) {
      case 0x00 -> "no further action required";
      case 0x10 -> "routing activation required to initiate central security";
      default -> code > 0x10 ? "maker's own" : RESERVED;
    };
  }

  static String activation(int type) {
    return switch (type) {
      case 0x00 -> "default";
      case 0x01 -> "diagnostic communication required by regulation";
      case 0xE0 -> "central security";
      default -> type > 0xE0 ? "maker's own" : RESERVED;
    };
  }

  static String routing(int code) {
    return switch (code) {
      case 0x00 -> "denied: unknown source address";
      case 0x01 -> "denied: all sockets are registered and active";
      case 0x02 -> "denied: another source address is registered on this socket";
      case 0x03 -> "denied: the source address is active on another socket";
      case 0x04 -> "denied: authentication is missing";
      case 0x05 -> "denied: confirmation rejected";
      case 0x06 -> "denied: activation type not supported";
      case 0x07 -> "denied: a TLS connection is required";
      case 0x08 -> "denied: by the vehicle's internal state";
      case ACTIVATED -> "routing activated";
      case 0x11 -> "routing will be activated: confirmation required";
      default -> code >= 0xE0 && code < 0xFF ? "maker's own" : RESERVED;
    };
  }

  static String power(int mode) {
    return switch (mode) {
      case 0 -> "not ready";
      case 1 -> "ready";
      case 2 -> "not supported";
      default -> RESERVED;
    };
  }

  static String confirmation(int code) {
    return code == 0 ? "routed to the target" : RESERVED;
  }

  static String refusal(int code) {
    return switch (code) {
      case 0x02 -> "invalid source address";
      case 0x03 -> "unknown target address";
      case 0x04 -> "diagnostic message too large";
      case 0x05 -> "out of memory";
      case 0x06 -> "target unreachable";
      case 0x07 -> "unknown network";
      case 0x08 -> "transport protocol error";
      default -> RESERVED;
    };
  }
}
