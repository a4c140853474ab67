package io.foretell.ingest.engine.kafka;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. One device does not come near the 2^32
 * messages that a key may seal so.
 *
 * <pre>
 * nonce:12  ciphertext  tag:16
 * </pre>
 */
final class Seal {
  /** How much longer what is sealed is. */
  static final int MORE = 12 + 16;

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int POOL_BYTES = 341 * NONCE_BYTES;

  private final ThreadLocal<Tools> tools = ThreadLocal.withInitial(Tools::new);

  /** What a thread needs; to get a cipher, or a few random bytes, costs as much as to seal. */
  private static final class Tools {
    final Cipher cipher;
    final SecureRandom random = new SecureRandom();
    final byte[] pool = new byte[POOL_BYTES];
    int used = POOL_BYTES;

    Tools() {
      try {
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("AES-GCM is part of every JDK", e);
      }
    }

    void nonce(byte[] to, int at) {
      if (used == POOL_BYTES) {
        random.nextBytes(pool);
        used = 0;
      }
      System.arraycopy(pool, used, to, at, NONCE_BYTES);
      used += NONCE_BYTES;
    }
  }

  /** Seals into what is behind {@code at} of an array of the right length. */
  void seal(SecretKey key, byte[] place, byte[] clear, byte[] to, int at) {
    Tools mine = tools.get();
    mine.nonce(to, at);
    try {
      mine.cipher.init(
          Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, to, at, NONCE_BYTES));
      mine.cipher.updateAAD(place);
      mine.cipher.doFinal(clear, 0, clear.length, to, at + NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  /**
   * What was sealed.
   *
   * @throws InvalidInputException where it was changed, or sealed for another place
   */
  byte[] open(SecretKey key, byte[] place, byte[] sealed, int at) {
    if (sealed.length < at + MORE) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a sealed value that was cut off");
    }
    Tools mine = tools.get();
    try {
      mine.cipher.init(
          Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, at, NONCE_BYTES));
      mine.cipher.updateAAD(place);
      return mine.cipher.doFinal(sealed, at + NONCE_BYTES, sealed.length - at - NONCE_BYTES);
    } catch (AEADBadTagException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a sealed value that was changed");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }
}
