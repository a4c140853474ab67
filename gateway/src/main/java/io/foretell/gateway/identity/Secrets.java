package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Makes tokens and keys, and hashes tokens. A token carries 256 random bits, so nobody can search
 * for one that fits a leaked hash: a plain SHA-256 is as good as a slow password hash here, and
 * lets the token be found by its hash.
 */
final class Secrets {
  static final int MAX_TOKEN = 256;

  private static final int CODE_LENGTH = 20;
  private static final String CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
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

  /** 20 characters of Crockford's base 32, so 100 bits, in groups of five. */
  String code() {
    byte[] bytes = new byte[CODE_LENGTH];
    random.nextBytes(bytes);
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < CODE_LENGTH; i++) {
      if (i > 0 && i % 5 == 0) {
        code.append('-');
      }
      code.append(CODE_ALPHABET.charAt(bytes[i] & 31));
    }
    return code.toString();
  }

  /** What a person may have typed, as it was told; Crockford reads O as 0, I and L as 1. */
  static String normalCode(String typed) {
    StringBuilder code = new StringBuilder();
    for (char c : typed.toUpperCase(Locale.ROOT).toCharArray()) {
      if (c != '-' && c != ' ') {
        code.append(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c);
      }
    }
    return code.toString();
  }

  static String hash(String token) {
    return HexFormat.of().formatHex(sha256(token.getBytes(UTF_8)));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
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
