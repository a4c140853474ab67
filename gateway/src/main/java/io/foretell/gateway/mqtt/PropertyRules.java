package io.foretell.gateway.mqtt;

import static io.foretell.gateway.mqtt.ProtocolViolationException.error;
import static io.foretell.gateway.mqtt.ProtocolViolationException.malformed;

import org.jspecify.annotations.Nullable;

/**
 * Which properties a client may send in which packet, of which type, and how often: table 2-4 of
 * MQTT 5 (section 2.2.2.2), as seen from a server.
 *
 * <p>One deviation, on purpose: [MQTT-3.3.4-6] forbids a Subscription Identifier in a PUBLISH of a
 * client. It is passed over here as Mosquitto does, since it means nothing to a receiver and
 * forwarding bridges leave it in.
 */
final class PropertyRules {
  /** Where a property stands; each is one bit of a property's set. */
  enum Place {
    CONNECT,
    WILL,
    PUBLISH,
    /** PUBACK, PUBREC, PUBREL and PUBCOMP. */
    ACK,
    SUBSCRIBE,
    UNSUBSCRIBE,
    DISCONNECT;

    private int bit() {
      return 1 << ordinal();
    }
  }

  private enum Shape {
    FLAG,
    U16,
    U16_NOT_ZERO,
    TOPIC_ALIAS,
    U32,
    U32_NOT_ZERO,
    VARINT_NOT_ZERO,
    TEXT,
    TOPIC,
    BINARY,
    PAIR
  }

  private record Property(Shape shape, int places) {}

  private static final int USER_PROPERTY = 38;

  /** The standard has no limit; behind the guard each costs an object. */
  private static final int MAX_USER_PROPERTIES = 100;

  private static final int SUBSCRIPTION_IDENTIFIER = 11;
  private static final int AUTHENTICATION_METHOD = 21;
  private static final int AUTHENTICATION_DATA = 22;
  private static final int TOPIC_ALIAS = 35;
  private static final @Nullable Property[] TABLE = table();

  private PropertyRules() {}

  /**
   * Passes over a property list, checking it.
   *
   * @return whether a topic alias is among them
   */
  static boolean check(Cursor in, Place place, int topicAliasMaximum) {
    int length = in.varint();
    if (length == 0) {
      return false;
    }
    if (length > in.left()) {
      throw malformed("properties longer than their packet (2.2.2.1)");
    }
    int end = in.position() + length;
    long seen = 0;
    int users = 0;
    while (in.position() < end) {
      int id = in.varint();
      Property property = id < TABLE.length ? TABLE[id] : null;
      if (property == null) {
        throw malformed("property 0x" + Integer.toHexString(id) + " is not defined (2.2.2.2)");
      }
      checkPlace(id, property, place, seen);
      seen |= 1L << id;
      users += id == USER_PROPERTY ? 1 : 0;
      if (users > MAX_USER_PROPERTIES) {
        throw new ProtocolViolationException(
            Code.QUOTA_EXCEEDED, "more than " + MAX_USER_PROPERTIES + " user properties");
      }
      checkValue(in, property.shape(), topicAliasMaximum);
    }
    if (in.position() != end) {
      throw malformed("a property reaches over the end of the list (2.2.2.1)");
    }
    if (has(seen, AUTHENTICATION_DATA) && !has(seen, AUTHENTICATION_METHOD)) {
      throw error("authentication data without a method (3.1.2.11.10)");
    }
    return has(seen, TOPIC_ALIAS);
  }

  private static void checkPlace(int id, Property property, Place place, long seen) {
    if ((property.places() & place.bit()) == 0) {
      throw error("property 0x" + Integer.toHexString(id) + " in " + place + " (2.2.2.2)");
    }
    boolean repeatable =
        id == USER_PROPERTY || id == SUBSCRIPTION_IDENTIFIER && place == Place.PUBLISH;
    if (has(seen, id) && !repeatable) {
      throw error("property 0x" + Integer.toHexString(id) + " twice (2.2.2.2)");
    }
  }

  private static boolean has(long seen, int id) {
    return (seen & 1L << id) != 0;
  }

  private static void checkValue(Cursor in, Shape shape, int topicAliasMaximum) {
    switch (shape) {
      case FLAG -> refuseIf(in.u8() > 1, "a flag property is neither 0 nor 1 (2.2.2.2)");
      case U16 -> in.skip(2);
      case U16_NOT_ZERO -> refuseIf(in.u16() == 0, "Receive Maximum 0 (3.1.2.11.3)");
      case TOPIC_ALIAS -> checkAlias(in.u16(), topicAliasMaximum);
      case U32 -> in.skip(4);
      case U32_NOT_ZERO -> refuseIf(in.u32() == 0, "Maximum Packet Size 0 (3.1.2.11.4)");
      case VARINT_NOT_ZERO -> refuseIf(in.varint() == 0, "Subscription Identifier 0 (3.8.2.1.2)");
      case TEXT -> in.string(Utf8.Strictness.TEXT);
      case TOPIC -> TopicRules.checkName(in);
      case BINARY -> in.binary();
      case PAIR -> {
        in.string(Utf8.Strictness.TEXT);
        in.string(Utf8.Strictness.TEXT);
      }
    }
  }

  private static void checkAlias(int alias, int maximum) {
    if (alias == 0 || alias > maximum) {
      throw new ProtocolViolationException(
          Code.TOPIC_ALIAS_INVALID, "topic alias " + alias + " [MQTT-3.3.2-8] [MQTT-3.3.2-9]");
    }
  }

  private static void refuseIf(boolean broken, String clause) {
    if (broken) {
      throw error(clause);
    }
  }

  private static @Nullable Property[] table() {
    @Nullable Property[] table = new @Nullable Property[43];
    put(table, 1, Shape.FLAG, Place.PUBLISH, Place.WILL);
    put(table, 2, Shape.U32, Place.PUBLISH, Place.WILL);
    put(table, 3, Shape.TEXT, Place.PUBLISH, Place.WILL);
    put(table, 8, Shape.TOPIC, Place.PUBLISH, Place.WILL);
    put(table, 9, Shape.BINARY, Place.PUBLISH, Place.WILL);
    put(table, SUBSCRIPTION_IDENTIFIER, Shape.VARINT_NOT_ZERO, Place.PUBLISH, Place.SUBSCRIBE);
    put(table, 17, Shape.U32, Place.CONNECT, Place.DISCONNECT);
    put(table, AUTHENTICATION_METHOD, Shape.TEXT, Place.CONNECT);
    put(table, AUTHENTICATION_DATA, Shape.BINARY, Place.CONNECT);
    put(table, 23, Shape.FLAG, Place.CONNECT);
    put(table, 24, Shape.U32, Place.WILL);
    put(table, 25, Shape.FLAG, Place.CONNECT);
    put(table, 31, Shape.TEXT, Place.ACK, Place.DISCONNECT);
    put(table, 33, Shape.U16_NOT_ZERO, Place.CONNECT);
    put(table, 34, Shape.U16, Place.CONNECT);
    put(table, TOPIC_ALIAS, Shape.TOPIC_ALIAS, Place.PUBLISH);
    put(table, USER_PROPERTY, Shape.PAIR, Place.values());
    put(table, 39, Shape.U32_NOT_ZERO, Place.CONNECT);
    serverOnly(table, Shape.TEXT, 18, 26, 28);
    serverOnly(table, Shape.U16, 19);
    serverOnly(table, Shape.FLAG, 36, 37, 40, 41, 42);
    return table;
  }

  private static void serverOnly(@Nullable Property[] table, Shape shape, int... ids) {
    for (int id : ids) {
      put(table, id, shape);
    }
  }

  private static void put(@Nullable Property[] table, int id, Shape shape, Place... places) {
    int bits = 0;
    for (Place place : places) {
      bits |= place.bit();
    }
    table[id] = new Property(shape, bits);
  }
}
