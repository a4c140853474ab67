package io.foretell.gateway.mqtt;

import io.foretell.proto.ReasonCode;

/** Reason codes of MQTT 5 (section 2.4) that this server sends. */
final class Code {
  static final int SUCCESS = 0x00;
  static final int NO_SUBSCRIPTION_EXISTED = 0x11;
  static final int DISCONNECT_WITH_WILL = 0x04;
  static final int UNSPECIFIED = 0x80;
  static final int MALFORMED_PACKET = 0x81;
  static final int PROTOCOL_ERROR = 0x82;
  static final int UNSUPPORTED_VERSION = 0x84;
  static final int CLIENT_ID_NOT_VALID = 0x85;
  static final int BAD_USER_OR_PASSWORD = 0x86;
  static final int NOT_AUTHORISED = 0x87;
  static final int SERVER_UNAVAILABLE = 0x88;
  static final int SERVER_BUSY = 0x89;
  static final int SERVER_SHUTTING_DOWN = 0x8B;
  static final int BAD_AUTHENTICATION_METHOD = 0x8C;
  static final int KEEP_ALIVE_TIMEOUT = 0x8D;
  static final int SESSION_TAKEN_OVER = 0x8E;
  static final int TOPIC_NAME_INVALID = 0x90;
  static final int PACKET_ID_NOT_FOUND = 0x92;
  static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;
  static final int TOPIC_ALIAS_INVALID = 0x94;
  static final int PACKET_TOO_LARGE = 0x95;
  static final int QUOTA_EXCEEDED = 0x97;
  static final int ADMINISTRATIVE_ACTION = 0x98;
  static final int PAYLOAD_FORMAT_INVALID = 0x99;
  static final int SHARED_SUBSCRIPTIONS_NOT_SUPPORTED = 0x9E;
  static final int WILDCARDS_NOT_SUPPORTED = 0xA2;

  private Code() {}

  /** The code of a PUBACK or PUBREC for a message that was rejected (3.4.2.1, 3.5.2.1). */
  static int ofReject(ReasonCode reason) {
    return switch (reason) {
      case UNKNOWN_TOPIC, INVALID_NAME -> TOPIC_NAME_INVALID;
      case NOT_AUTHENTICATED, NOT_AUTHORISED -> NOT_AUTHORISED;
      case TOO_LARGE, QUOTA_EXCEEDED, OVERLOADED -> QUOTA_EXCEEDED;
      case EMPTY_PAYLOAD,
          UNSUPPORTED_CONTENT_TYPE,
          MALFORMED_PROTOBUF,
          MALFORMED_JSON,
          WRONG_SHAPE,
          UNKNOWN_CODE_FORM,
          TRUNCATED_FRAME,
          TIME_IN_FUTURE ->
          PAYLOAD_FORMAT_INVALID;
      default -> UNSPECIFIED;
    };
  }

  /** The code of a CONNACK that refuses (3.2.2.2); {@code named}: a user name was given. */
  static int ofRefusal(ReasonCode reason, boolean named) {
    return switch (reason) {
      case OVERLOADED -> SERVER_BUSY;
      case QUOTA_EXCEEDED -> QUOTA_EXCEEDED;
      case STORAGE_UNAVAILABLE, INTERNAL -> SERVER_UNAVAILABLE;
      case INVALID_NAME -> named ? BAD_USER_OR_PASSWORD : CLIENT_ID_NOT_VALID;
      default -> named ? BAD_USER_OR_PASSWORD : NOT_AUTHORISED;
    };
  }

  /** The return code of MQTT 3.1.1 (3.2.2.3) for a refusing CONNACK code of MQTT 5. */
  static int legacyRefusal(int code) {
    return switch (code) {
      case UNSUPPORTED_VERSION -> 1;
      case CLIENT_ID_NOT_VALID -> 2;
      case SERVER_UNAVAILABLE, SERVER_BUSY, QUOTA_EXCEEDED -> 3;
      case BAD_USER_OR_PASSWORD -> 4;
      default -> 5;
    };
  }
}
