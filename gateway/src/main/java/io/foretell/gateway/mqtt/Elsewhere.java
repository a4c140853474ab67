package io.foretell.gateway.mqtt;

import io.foretell.proto.DeviceId;

/** The other processes that serve the same devices from the same {@link SessionStore}. */
public interface Elsewhere {
  /** Names this process among them; more than 0. */
  int node();

  /**
   * Tells them that a session that one of them may still have is here now; they give it to {@link
   * MqttListener#claimedElsewhere}. May block.
   *
   * @param holder names the connection that has it
   */
  void claimed(DeviceId device, String clientId, long holder);
}
