package io.foretell.gateway.identity;

import io.foretell.proto.DeviceId;

/**
 * A device's secrets, at the one moment when the server can tell them.
 *
 * @param token 256 random bits, base64url; MQTT password, HTTP and CoAP bearer
 * @param psk 192 random bits, base64url: 32 characters whose ASCII bytes are the DTLS pre-shared
 *     key itself, so that it can be typed into a client as it is
 */
public record Issued(DeviceId device, String token, String psk) {
  @Override
  public String toString() {
    return "Issued[" + device + "]";
  }
}
