package io.foretell.bench.load;

import java.nio.charset.StandardCharsets;

/** The few MQTT 3.1.1 packets that the load needs, as bytes. */
final class Packets {
  static final String TOPIC = "v1/telemetry";
  static final int CONNACK = 0x20;
  static final int PUBACK = 0x40;

  /** Bytes of a PUBLISH in front of its payload: header, length (2), topic, packet id. */
  static final int BEFORE_PAYLOAD = 1 + 2 + 2 + TOPIC.length() + 2;

  /** Where the packet id stands in a PUBLISH. */
  static final int ID_AT = BEFORE_PAYLOAD - 2;

  static final int PUBLISH_LENGTH = BEFORE_PAYLOAD + Reports.LENGTH;

  /** What a broker forwards with QoS 0: the same without a packet id. */
  static final int FORWARDED_LENGTH = PUBLISH_LENGTH - 2;

  private static final int PUBLISH_QOS_1 = 0x32;

  private Packets() {}

  /** CONNECT with a clean session and without keep-alive. */
  static byte[] connect(String clientId) {
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    byte[] packet = new byte[2 + 10 + 2 + id.length];
    packet[0] = 0x10;
    packet[1] = (byte) (packet.length - 2);
    byte[] head = {0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0};
    System.arraycopy(head, 0, packet, 2, head.length);
    packet[13] = (byte) id.length;
    System.arraycopy(id, 0, packet, 14, id.length);
    return packet;
  }

  /** SUBSCRIBE to the topic, QoS 0, packet id 1. */
  static byte[] subscribe() {
    byte[] topic = TOPIC.getBytes(StandardCharsets.UTF_8);
    byte[] packet = new byte[2 + 2 + 2 + topic.length + 1];
    packet[0] = (byte) 0x82;
    packet[1] = (byte) (packet.length - 2);
    packet[3] = 1;
    packet[5] = (byte) topic.length;
    System.arraycopy(topic, 0, packet, 6, topic.length);
    return packet;
  }

  /** PUBLISH, QoS 1, with room for the payload. */
  static byte[] publish() {
    byte[] packet = new byte[PUBLISH_LENGTH];
    int left = PUBLISH_LENGTH - 3;
    packet[0] = PUBLISH_QOS_1;
    packet[1] = (byte) (left & 0x7F | 0x80);
    packet[2] = (byte) (left >>> 7);
    packet[4] = (byte) TOPIC.length();
    byte[] topic = TOPIC.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(topic, 0, packet, 5, topic.length);
    return packet;
  }
}
