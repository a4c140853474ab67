package io.foretell.gateway.identity;

import io.foretell.proto.Device;

/**
 * A device with what the register keeps of its secrets.
 *
 * @param parent name of the gateway that speaks for it; empty where it speaks for itself
 * @param tokenHash SHA-256 of its token in lower-case hex; empty where it has none
 * @param sealedKey its pre-shared key as {@link KeySeal} made it; empty where it has none
 */
public record Registration(Device device, String parent, String tokenHash, String sealedKey) {
  @Override
  public String toString() {
    return "Registration[" + device.id() + "]";
  }
}
