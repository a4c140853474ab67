package io.foretell.app.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.proto.LaneUnavailableException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * How secrets are kept in the database: AES-256-GCM under a key that is made from the
 * installation's own (HMAC-SHA256, RFC 2104), which is a file. So the database alone opens nothing.
 *
 * <pre>
 * base64( nonce:12 secret:32 tag:16 )
 * </pre>
 */
final class Wrapping {
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  Wrapping(byte[] installation) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(installation, "HmacSHA256"));
      key = new SecretKeySpec(mac.doFinal("foretell lane keys".getBytes(UTF_8)), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Random bytes. */
  byte[] secret(int length) {
    byte[] made = new byte[length];
    random.nextBytes(made);
    return made;
  }

  String wrap(UUID id, byte[] secret) {
    byte[] nonce = secret(NONCE_BYTES);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, id, nonce).doFinal(secret);
      byte[] whole = new byte[NONCE_BYTES + sealed.length];
      System.arraycopy(nonce, 0, whole, 0, NONCE_BYTES);
      System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
      return Base64.getEncoder().encodeToString(whole);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  /**
   * The secret.
   *
   * @throws LaneUnavailableException where it was wrapped by another key, which is no sign that it
   *     is destroyed
   */
  byte[] unwrap(UUID id, String text) {
    try {
      byte[] whole = Base64.getDecoder().decode(text);
      byte[] nonce = new byte[NONCE_BYTES];
      System.arraycopy(whole, 0, nonce, 0, NONCE_BYTES);
      return cipher(Cipher.DECRYPT_MODE, id, nonce)
          .doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
    } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new LaneUnavailableException(
          "the key " + id + " of lanes does not open: keys/seal.key is another one", e);
    }
  }

  private Cipher cipher(int mode, UUID id, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(id.toString().getBytes(UTF_8));
    return cipher;
  }
}
