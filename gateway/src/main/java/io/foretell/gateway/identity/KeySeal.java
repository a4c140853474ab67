package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.proto.DeviceId;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals pre-shared keys for storage: DTLS needs the key itself, so a hash does not do. AES-256-GCM
 * (NIST SP 800-38D) with a random 96-bit nonce; the device's name is authenticated along, so that a
 * sealed key is of no use in another device's row.
 *
 * <pre>
 * base64( 1 byte version = 1 | 12 bytes nonce | ciphertext | 16 bytes tag )
 * </pre>
 */
public final class KeySeal {
  /** How long the sealing key is, bytes. */
  public static final int KEY_BYTES = 32;

  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int HEAD = 1 + NONCE_BYTES;

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param key {@value #KEY_BYTES} random bytes that are kept apart from the database
   */
  public KeySeal(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("the sealing key has " + key.length + " bytes, not 32");
    }
    this.key = new SecretKeySpec(key, "AES");
  }

  String seal(DeviceId device, byte[] secret) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed;
    try {
      sealed = cipher(Cipher.ENCRYPT_MODE, device, nonce).doFinal(secret);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
    byte[] whole = new byte[HEAD + sealed.length];
    whole[0] = VERSION;
    System.arraycopy(nonce, 0, whole, 1, NONCE_BYTES);
    System.arraycopy(sealed, 0, whole, HEAD, sealed.length);
    return Base64.getEncoder().encodeToString(whole);
  }

  /** The secret; empty where it was sealed with another key, for another device, or changed. */
  Optional<byte[]> open(DeviceId device, String text) {
    try {
      byte[] whole = Base64.getDecoder().decode(text);
      if (whole.length <= HEAD || whole[0] != VERSION) {
        return Optional.empty();
      }
      byte[] nonce = new byte[NONCE_BYTES];
      System.arraycopy(whole, 1, nonce, 0, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, device, nonce);
      return Optional.of(cipher.doFinal(whole, HEAD, whole.length - HEAD));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, DeviceId device, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(device.toString().getBytes(UTF_8));
    return cipher;
  }
}
