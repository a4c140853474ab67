package io.foretell.ingest.engine.kafka;

import io.foretell.proto.DeviceId;
import java.util.UUID;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key by which what the topics have of a device is sealed.
 *
 * @param id random, so it says nothing of the device to who has not the keys
 * @param device whose it is
 * @param secret for AES-256
 */
public record LaneKey(UUID id, DeviceId device, SecretKey secret) {
  /** How long a secret is. */
  public static final int BYTES = 32;

  /** Of {@value #BYTES} random bytes. */
  public static LaneKey of(UUID id, DeviceId device, byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a secret of " + secret.length + " bytes, not 32");
    }
    return new LaneKey(id, device, new SecretKeySpec(secret, "AES"));
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "key " + id + " of " + device;
  }
}
