package io.foretell.gateway.mqtt;

import io.foretell.proto.DeviceId;
import java.util.List;

/**
 * What must be found again of a session (4.1 of MQTT 5) when the server has been restarted.
 *
 * @param expiry ms for which it is kept without a connection
 * @param leftAt when its connection ended, ms since 1970; 0 while there is one
 * @param subscriptions the earliest first
 * @param sent commands that the client has not acknowledged, the oldest first
 * @param received packet identifiers of QoS 2 messages that are stored and not yet released
 * @param id of the session; 0 where it was kept before there were such
 * @param noted how many messages of QoS 2 it has had whose identifiers were kept
 */
public record KeptSession(
    DeviceId device,
    String clientId,
    long expiry,
    long leftAt,
    List<Subscribed> subscriptions,
    List<Sent> sent,
    List<Integer> received,
    long id,
    long noted) {
  /** Copies the lists. */
  public KeptSession {
    subscriptions = List.copyOf(subscriptions);
    sent = List.copyOf(sent);
    received = List.copyOf(received);
  }

  /**
   * A subscription to commands.
   *
   * @param filter one of the two that devices may subscribe to
   * @param qos 0 to 2
   * @param json whether commands go in the proto3 JSON form
   * @param identifier Subscription Identifier; 0 for none
   */
  public record Subscribed(String filter, int qos, boolean json, int identifier) {}

  /**
   * A command under way. Its content is the downlink's.
   *
   * @param released whether the client has confirmed its receipt with PUBREC
   * @param by the subscription that it was sent for
   */
  public record Sent(int packetId, String commandId, boolean released, Subscribed by) {}
}
