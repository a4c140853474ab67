package io.foretell.gateway.mqtt;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import java.util.Optional;

/** Reads properties of MQTT 5 packets that the guard has let through. */
final class Properties5 {
  private Properties5() {}

  /** An integer property; four-byte values above 2³¹ come out positive. */
  static Optional<Long> number(MqttProperties properties, int id) {
    MqttProperty<?> property = properties.getProperty(id);
    return property != null && property.value() instanceof Integer value
        ? Optional.of(Integer.toUnsignedLong(value))
        : Optional.empty();
  }

  /** A string property. */
  static Optional<String> text(MqttProperties properties, int id) {
    MqttProperty<?> property = properties.getProperty(id);
    return property != null && property.value() instanceof String value
        ? Optional.of(value)
        : Optional.empty();
  }

  /** Whether there is a user property of that name and value. */
  static boolean hasUser(MqttProperties properties, String name, String value) {
    MqttProperty<?> property = properties.getProperty(MqttProperties.USER_PROPERTY);
    return property instanceof MqttProperties.UserProperties users
        && users.value().stream().anyMatch(p -> p.key.equals(name) && p.value.equals(value));
  }
}
