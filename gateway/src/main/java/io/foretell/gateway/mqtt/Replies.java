package io.foretell.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The packets that this server sends, but for PUBLISH. The plain acknowledgements, one for each
 * message of a device, are written as bytes, many into one buffer; the rest goes through Netty's
 * encoder.
 */
final class Replies {
  static final int PUBACK = 0x40;
  static final int PUBREC = 0x50;
  private static final int REASON_STRING = 0x1F;
  private static final int MAX_REASON = 100;

  private Replies() {}

  /** The packet identifier that a packet of a client is an answer to, or has. */
  static int idOf(MqttMessage message) {
    return ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
  }

  /** A PUBACK or PUBREC of success: four bytes in every version. */
  static void writeAck(ByteBuf out, int type, int packetId) {
    out.writeInt(type << 24 | 2 << 16 | packetId);
  }

  /** A PUBACK or PUBREC of MQTT 5 with a reason code, and a text where {@code why} has one. */
  static void writeAck(ByteBuf out, int type, int packetId, int code, String why) {
    String text = why.length() > MAX_REASON ? why.substring(0, MAX_REASON) : why;
    byte[] reason = text.getBytes(StandardCharsets.UTF_8);
    if (reason.length == 0 || reason.length > MAX_REASON) {
      out.writeByte(type).writeByte(3).writeShort(packetId).writeByte(code);
      return;
    }
    int properties = 3 + reason.length;
    out.writeByte(type).writeByte(4 + properties).writeShort(packetId).writeByte(code);
    out.writeByte(properties).writeByte(REASON_STRING).writeShort(reason.length);
    out.writeBytes(reason);
  }

  static MqttMessage connAck(int code, boolean sessionPresent, MqttProperties properties) {
    return new MqttConnAckMessage(
        header(MqttMessageType.CONNACK, 0),
        new MqttConnAckVariableHeader(
            MqttConnectReturnCode.valueOf((byte) code), sessionPresent, properties));
  }

  /** A CONNACK that refuses. */
  static MqttMessage refusal(int code) {
    return connAck(code, false, MqttProperties.NO_PROPERTIES);
  }

  static MqttMessage pubComp(int packetId, int code) {
    return pubReply(MqttMessageType.PUBCOMP, 0, packetId, code);
  }

  static MqttMessage pubRel(int packetId, int code) {
    return pubReply(MqttMessageType.PUBREL, 1, packetId, code);
  }

  static MqttMessage subAck(int packetId, List<Integer> codes) {
    return new MqttSubAckMessage(
        header(MqttMessageType.SUBACK, 0),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES),
        new MqttSubAckPayload(codes));
  }

  static MqttMessage unsubAck(int packetId, List<Short> codes) {
    return new MqttUnsubAckMessage(
        header(MqttMessageType.UNSUBACK, 0),
        new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES),
        new MqttUnsubAckPayload(codes));
  }

  static MqttMessage pingResp() {
    return new MqttMessage(header(MqttMessageType.PINGRESP, 0));
  }

  /** A DISCONNECT of MQTT 5. */
  static MqttMessage disconnect(int code) {
    return new MqttMessage(
        header(MqttMessageType.DISCONNECT, 0),
        new MqttReasonCodeAndPropertiesVariableHeader((byte) code, MqttProperties.NO_PROPERTIES));
  }

  private static MqttMessage pubReply(MqttMessageType type, int qos, int packetId, int code) {
    return new MqttMessage(
        header(type, qos),
        new MqttPubReplyMessageVariableHeader(packetId, (byte) code, MqttProperties.NO_PROPERTIES));
  }

  private static MqttFixedHeader header(MqttMessageType type, int qos) {
    return new MqttFixedHeader(type, false, MqttQoS.valueOf(qos), false, 0);
  }

  /** A message of QoS 0. */
  static MqttPublishMessage publish(String topic, byte[] payload) {
    return new MqttPublishMessage(
        new MqttFixedHeader(MqttMessageType.PUBLISH, false, MqttQoS.AT_MOST_ONCE, false, 0),
        new MqttPublishVariableHeader(topic, 0, MqttProperties.NO_PROPERTIES),
        Unpooled.wrappedBuffer(payload));
  }
}
