package io.foretell.gateway.mqtt;

import static io.foretell.gateway.mqtt.ProtocolViolationException.error;
import static io.foretell.gateway.mqtt.ProtocolViolationException.malformed;

import io.foretell.gateway.mqtt.PropertyRules.Place;

/**
 * What each packet of a client must look like, byte by byte, in the order of the standard. Numbers
 * in brackets are the normative statements of MQTT 5 (3.1.1 has the same under near numbers);
 * numbers in parentheses are its sections.
 *
 * <p>Version 3.1 defines neither reserved bits nor a failure code, so flags of its packets other
 * than PUBLISH, and all but the QoS of its subscriptions, are passed over.
 */
final class PacketRules {
  static final int CONNECT = 1;
  static final int PUBLISH = 3;
  private static final int PUBREL = 6;
  private static final int SUBSCRIBE = 8;
  private static final int UNSUBSCRIBE = 10;
  private static final int PINGREQ = 12;
  private static final int DISCONNECT = 14;
  private static final int AUTH = 15;

  private static final byte[] MQTT = {'M', 'Q', 'T', 'T'};
  private static final byte[] MQISDP = {'M', 'Q', 'I', 's', 'd', 'p'};

  private final Cursor in;
  private final int topicAliasMaximum;
  private int version;

  PacketRules(Cursor in, int topicAliasMaximum) {
    this.in = in;
    this.topicAliasMaximum = topicAliasMaximum;
  }

  /** 3, 4 or 5; 0 before CONNECT. */
  int version() {
    return version;
  }

  /**
   * Judges what can be told from the first byte: whether such a packet may come at all now.
   *
   * @param first the first byte of the fixed header
   */
  void checkFirstByte(int first) {
    int type = first >>> 4;
    if (version == 0) {
      if (type != CONNECT) {
        throw error("the first packet is no CONNECT [MQTT-3.1.0-1]");
      }
      return; // its flags are judged when its version is known
    }
    switch (type) {
      case CONNECT -> throw error("second CONNECT [MQTT-3.1.0-2]");
      case PUBLISH -> checkPublishFlags(first);
      case 4, 5, 7, PINGREQ, DISCONNECT -> checkFlags(first, 0);
      case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> checkFlags(first, 2);
      case 2, 9, 11, 13 -> throw error("packet type " + type + " comes only from servers (2.1.2)");
      case AUTH -> throw error("AUTH without an authentication method [MQTT-4.12.0-6]");
      default -> throw malformed("packet type 0 is forbidden (2.1.2)");
    }
  }

  /** Judges the body that the cursor stands before. */
  void checkBody(int first) {
    switch (first >>> 4) {
      case CONNECT -> connect(first);
      case PUBLISH -> publish(first);
      case 4, 5 -> acknowledgement(false);
      case PUBREL, 7 -> acknowledgement(true);
      case SUBSCRIBE -> subscribe();
      case UNSUBSCRIBE -> unsubscribe();
      case DISCONNECT -> disconnect();
      default -> {
        // PINGREQ: nothing but its header
      }
    }
    if (!in.atEnd()) {
      throw malformed("packet goes on after its last field (2.1.4)");
    }
  }

  private void checkFlags(int first, int expected) {
    if (version > 3 && (first & 0x0F) != expected) {
      throw malformed("reserved bits of the fixed header [MQTT-2.1.3-1]");
    }
  }

  private static void checkPublishFlags(int first) {
    int qos = first >> 1 & 3;
    if (qos == 3) {
      throw malformed("QoS 3 [MQTT-3.3.1-4]");
    }
    if (qos == 0 && (first & 8) != 0) {
      throw malformed("DUP with QoS 0 [MQTT-3.3.1-2]");
    }
  }

  private void connect(int first) {
    int level = protocol();
    if (level > 3 && (first & 0x0F) != 0) {
      throw malformed("reserved bits of the fixed header [MQTT-2.1.3-1]");
    }
    int flags = in.u8();
    checkConnectFlags(flags, level);
    in.skip(2);
    if (level == 5) {
      PropertyRules.check(in, Place.CONNECT, topicAliasMaximum);
    }
    in.string(Utf8.Strictness.NAME);
    if ((flags & 4) != 0) {
      will(level);
    }
    if ((flags & 0x80) != 0) {
      in.string(Utf8.Strictness.NAME);
    }
    if ((flags & 0x40) != 0) {
      in.binary();
    }
    version = level;
  }

  private int protocol() {
    boolean old = name(MQISDP);
    if (!old && !name(MQTT)) {
      throw malformed("unknown protocol name [MQTT-3.1.2-1]");
    }
    in.skip(2 + (old ? MQISDP.length : MQTT.length));
    int level = in.u8();
    if (old ? level != 3 : level != 4 && level != 5) {
      throw new ProtocolViolationException(
          Code.UNSUPPORTED_VERSION, "protocol level " + level + " [MQTT-3.1.2-2]");
    }
    return level;
  }

  private boolean name(byte[] expected) {
    if (in.left() < 2 + expected.length) {
      return false;
    }
    int at = in.position();
    if (in.byteAt(at) != 0 || in.byteAt(at + 1) != expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (in.byteAt(at + 2 + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static void checkConnectFlags(int flags, int level) {
    if (level > 3 && (flags & 1) != 0) {
      throw malformed("reserved connect flag [MQTT-3.1.2-3]");
    }
    boolean will = (flags & 4) != 0;
    if (!will && (flags & 0x38) != 0) {
      throw malformed("will QoS or retain without a will [MQTT-3.1.2-11] [MQTT-3.1.2-13]");
    }
    if ((flags & 0x18) == 0x18) {
      throw malformed("will QoS 3 [MQTT-3.1.2-12]");
    }
    if (level < 5 && (flags & 0xC0) == 0x40) {
      throw malformed("password without a user name [MQTT-3.1.2-22] of 3.1.1");
    }
  }

  private void will(int level) {
    if (level == 5) {
      PropertyRules.check(in, Place.WILL, topicAliasMaximum);
    }
    if (TopicRules.checkName(in) == 0) {
      throw malformed("empty will topic [MQTT-4.7.3-1]");
    }
    in.binary();
  }

  private void publish(int first) {
    boolean named = TopicRules.checkName(in) > 0;
    if ((first >> 1 & 3) > 0) {
      packetId();
    }
    boolean aliased = version == 5 && PropertyRules.check(in, Place.PUBLISH, topicAliasMaximum);
    if (!named && !aliased) {
      throw error("neither topic name nor alias (3.3.2.1) [MQTT-4.7.3-1]");
    }
    in.skip(in.left());
  }

  private void acknowledgement(boolean ofRelease) {
    packetId();
    if (version < 5 || in.atEnd()) {
      return;
    }
    int reason = in.u8();
    boolean defined =
        switch (reason) {
          case 0x00 -> true;
          case 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99 -> !ofRelease;
          case 0x92 -> ofRelease;
          default -> false;
        };
    if (!defined) {
      throw error("reason code is none of this packet's (3.4.2.1) (3.6.2.1)");
    }
    if (!in.atEnd()) {
      PropertyRules.check(in, Place.ACK, topicAliasMaximum);
    }
  }

  private void subscribe() {
    packetId();
    if (version == 5) {
      PropertyRules.check(in, Place.SUBSCRIBE, topicAliasMaximum);
    }
    if (in.atEnd()) {
      throw error("SUBSCRIBE without a filter [MQTT-3.8.3-2]");
    }
    while (!in.atEnd()) {
      boolean shared = TopicRules.checkFilter(in, version == 5);
      checkSubscriptionOptions(in.u8(), shared);
      if (version == 3) {
        in.keepOnly(3); // the decoder would take the others for options of MQTT 5
      }
    }
  }

  private void checkSubscriptionOptions(int options, boolean shared) {
    if ((options & 3) == 3) {
      throw malformed("subscription with QoS 3 (3.8.3.1)");
    }
    if (version == 4 && (options & 0xFC) != 0) {
      throw malformed("reserved subscription bits [MQTT-3-8.3-4] of 3.1.1");
    }
    if (version == 5 && ((options & 0xC0) != 0 || (options & 0x30) == 0x30)) {
      throw malformed("reserved subscription bits or retain handling 3 [MQTT-3.8.3-5] (3.8.3.1)");
    }
    if (shared && (options & 4) != 0) {
      throw error("No Local on a shared subscription [MQTT-3.8.3-4]");
    }
  }

  private void unsubscribe() {
    packetId();
    if (version == 5) {
      PropertyRules.check(in, Place.UNSUBSCRIBE, topicAliasMaximum);
    }
    if (in.atEnd()) {
      throw error("UNSUBSCRIBE without a filter [MQTT-3.10.3-2]");
    }
    while (!in.atEnd()) {
      TopicRules.checkFilter(in, version == 5);
    }
  }

  private void disconnect() {
    if (version < 5 || in.atEnd()) {
      return;
    }
    int reason = in.u8();
    boolean defined =
        switch (reason) {
          case 0x00, 0x04, 0x80, 0x81, 0x82, 0x83 -> true;
          case 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99 -> true;
          default -> false;
        };
    if (!defined) {
      throw error("reason code is none that a client may send (3.14.2.1)");
    }
    if (!in.atEnd()) {
      PropertyRules.check(in, Place.DISCONNECT, topicAliasMaximum);
    }
  }

  private void packetId() {
    if (in.u16() == 0) {
      throw malformed("packet identifier 0 [MQTT-2.2.1-3]");
    }
  }
}
