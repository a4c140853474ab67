package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door;
import io.foretell.gateway.Route;
import io.foretell.gateway.sparkplug.SparkplugTopic;
import io.foretell.proto.DeviceId;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a client wants to have said when its connection is lost (3.1.2.5 of MQTT 5). Its text
 * becomes part of the reason in the device's presence; where its topic is one that the device may
 * publish to, it is also taken like any message.
 */
record Will(String topic, byte[] payload, String contentType, long delayMillis) {
  private static final int MAX_TEXT = 120;

  /** The will of a CONNECT. */
  static Optional<Will> of(MqttConnectMessage connect) {
    if (!connect.variableHeader().isWillFlag()) {
      return Optional.empty();
    }
    MqttProperties properties = connect.payload().willProperties();
    long delay = Properties5.number(properties, MqttProperties.WILL_DELAY_INTERVAL).orElse(0L);
    return Optional.of(
        new Will(
            connect.payload().willTopic(),
            connect.payload().willMessageInBytes(),
            Properties5.text(properties, MqttProperties.CONTENT_TYPE).orElse(""),
            delay * 1000));
  }

  /** Its payload as far as a person can read it. */
  String text() {
    String all = new String(payload, 0, Math.min(payload.length, MAX_TEXT), StandardCharsets.UTF_8);
    return all.chars()
        .map(c -> Character.isISOControl(c) || c == 0xFFFD ? '.' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Publishes it, where it goes to a route of the device. */
  void publish(DeviceId device, Door door) {
    if (Route.parse(topic).isPresent() || SparkplugTopic.parse(topic).isPresent()) {
      var unused = door.take(device, topic, contentType, "mqtt", payload);
    }
  }
}
