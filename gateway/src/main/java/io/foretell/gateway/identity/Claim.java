package io.foretell.gateway.identity;

import io.foretell.proto.DeviceId;

/**
 * A code that a device changes for its secrets, once; told at the one moment when it is made.
 *
 * @param code 100 random bits in Crockford's base 32, in groups of five; case and dashes do not
 *     matter
 * @param validUntil ms since 1970
 */
public record Claim(DeviceId device, String code, long validUntil) {
  @Override
  public String toString() {
    return "Claim[" + device + "]";
  }
}
