package io.foretell.diagnostics.doip;

/** The payload types of ISO 13400-2, with the lengths that the standard allows. */
public enum DoipType {
  HEADER_NEGATIVE_ACKNOWLEDGE(0x0000, 1, 1),
  VEHICLE_IDENTIFICATION_REQUEST(0x0001, 0, 0),
  VEHICLE_IDENTIFICATION_REQUEST_EID(0x0002, 6, 6),
  VEHICLE_IDENTIFICATION_REQUEST_VIN(0x0003, 17, 17),
  VEHICLE_ANNOUNCEMENT(0x0004, 32, 33),
  ROUTING_ACTIVATION_REQUEST(0x0005, 7, 11),
  ROUTING_ACTIVATION_RESPONSE(0x0006, 9, 13),
  ALIVE_CHECK_REQUEST(0x0007, 0, 0),
  ALIVE_CHECK_RESPONSE(0x0008, 2, 2),
  ENTITY_STATUS_REQUEST(0x4001, 0, 0),
  ENTITY_STATUS_RESPONSE(0x4002, 3, 7),
  POWER_MODE_REQUEST(0x4003, 0, 0),
  POWER_MODE_RESPONSE(0x4004, 1, 1),
  DIAGNOSTIC_MESSAGE(0x8001, 5, Integer.MAX_VALUE),
  DIAGNOSTIC_POSITIVE_ACKNOWLEDGE(0x8002, 5, Integer.MAX_VALUE),
  DIAGNOSTIC_NEGATIVE_ACKNOWLEDGE(0x8003, 5, Integer.MAX_VALUE),
  /** F000–FFFF: a maker's own. */
  MAKER(-1, 0, Integer.MAX_VALUE),
  /** All else. */
  RESERVED(-1, 0, Integer.MAX_VALUE);

  private static final int FIRST_OF_MAKERS = 0xF000;

  private final int number;
  private final int shortest;
  private final int longest;

  DoipType(int number, int shortest, int longest) {
    this.number = number;
    this.shortest = shortest;
    this.longest = longest;
  }

  static DoipType of(int number) {
    for (DoipType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    return number >= FIRST_OF_MAKERS ? MAKER : RESERVED;
  }

  /** Whether a payload of this length is allowed: optional parts are there whole or not at all. */
  boolean allows(long length) {
    return switch (this) {
      case VEHICLE_ANNOUNCEMENT,
          ROUTING_ACTIVATION_REQUEST,
          ROUTING_ACTIVATION_RESPONSE,
          ENTITY_STATUS_RESPONSE ->
          length == shortest || length == longest;
      default -> length >= shortest && length <= longest;
    };
  }
}
