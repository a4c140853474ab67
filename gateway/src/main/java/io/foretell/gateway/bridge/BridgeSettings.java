package io.foretell.gateway.bridge;

import io.foretell.proto.DeviceId;
import java.net.URI;
import java.util.List;

/**
 * Which broker to take messages from.
 *
 * @param broker {@code tcp://host:1883}, {@code ssl://host:8883}
 * @param version of MQTT
 * @param user empty for none
 * @param password empty for none
 * @param clientId by which the broker knows the bridge again after a restart; each server its own
 * @param share name of the shared subscription that several servers divide among them; empty for an
 *     ordinary subscription
 * @param topics which topics, and whose messages they carry
 * @param gateway the device that speaks for those it brings along
 * @param window messages that may be under way before they are on disk
 */
public record BridgeSettings(
    URI broker,
    Version version,
    String user,
    String password,
    String clientId,
    String share,
    List<TopicPattern> topics,
    DeviceId gateway,
    int window) {
  /** How many messages may be under way unless it is set. */
  public static final int DEFAULT_WINDOW = 512;

  /** A version of MQTT. */
  public enum Version {
    MQTT_5,
    MQTT_3_1_1
  }

  /** Refuses a bridge that brings nothing. */
  public BridgeSettings {
    topics = List.copyOf(topics);
    if (topics.isEmpty() || window < 1 || clientId.isEmpty()) {
      throw new IllegalArgumentException("a bridge needs topics, a window and a client id");
    }
  }

  /** The filters to subscribe to. */
  String[] filters() {
    return topics.stream()
        .map(topic -> (share.isEmpty() ? "" : "$share/" + share + "/") + topic.filter())
        .toArray(String[]::new);
  }

  @Override
  public String toString() {
    return "BridgeSettings[" + broker + " " + topics + "]";
  }
}
