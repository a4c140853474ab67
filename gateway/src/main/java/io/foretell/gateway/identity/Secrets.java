package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Makes tokens and keys, and hashes tokens. A token carries 256 random bits, so nobody can search
 * for one that fits a leaked hash: a plain SHA-256 is as good as a slow password hash here, and
 * lets the token be found by its hash.
 */
final class Secrets {
  static final int MAX_TOKEN = 256;

  private static final int TOKEN_BYTES = 32;
  private static final int PSK_BYTES = 24;

  private final SecureRandom random = new SecureRandom();

  String token() {
    return text(TOKEN_BYTES);
  }

  String psk() {
    return text(PSK_BYTES);
  }

  static byte[] keyOf(String psk) {
    return psk.getBytes(US_ASCII);
  }

  static String hash(String token) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /** Takes the same time wherever the two differ. */
  static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(US_ASCII), other.getBytes(US_ASCII));
  }

  private String text(int bytes) {
    byte[] secret = new byte[bytes];
    random.nextBytes(secret);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }
}
