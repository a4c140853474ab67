package io.foretell.firmwareota.tuf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/**
 * An Ed25519 key (RFC 8032) of a role.
 *
 * @param id SHA-256 of the canonical form of {@link #publicForm}
 * @param publicHex the 32 bytes of the public key
 */
record RoleKey(Role role, String id, String publicHex, PrivateKey privateKey) {
  private static final String ALGORITHM = "Ed25519";
  private static final int PUBLIC_BYTES = 32;
  private static final String BEGIN_PRIVATE = "-----BEGIN PRIVATE KEY-----";
  private static final String END_PRIVATE = "-----END PRIVATE KEY-----";
  private static final String PUBLIC_LINE = "Public: ";

  static RoleKey generate(Role role) {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] raw = Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length);
      return of(role, HexFormat.of().formatHex(raw), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform has no Ed25519", e);
    }
  }

  /** The key as metadata shows it. */
  Map<String, Object> publicForm() {
    return publicForm(publicHex);
  }

  byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(privateKey);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("key " + id + " cannot sign", e);
    }
  }

  /** PEM (RFC 7468), with the public half in a line before it. */
  String pem() {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(privateKey.getEncoded());
    return PUBLIC_LINE + publicHex + "\n" + BEGIN_PRIVATE + "\n" + body + "\n" + END_PRIVATE + "\n";
  }

  static RoleKey read(Role role, Path file) throws IOException {
    String text = Files.readString(file);
    int begin = text.indexOf(BEGIN_PRIVATE);
    int end = text.indexOf(END_PRIVATE);
    if (begin < 0 || end < begin || !text.startsWith(PUBLIC_LINE)) {
      throw new IOException("no key file: " + file);
    }
    byte[] encoded =
        Base64.getMimeDecoder().decode(text.substring(begin + BEGIN_PRIVATE.length(), end));
    String publicHex = text.substring(PUBLIC_LINE.length(), text.indexOf('\n'));
    try {
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return of(role, publicHex, key);
    } catch (GeneralSecurityException e) {
      throw new IOException("no Ed25519 key: " + file, e);
    }
  }

  private static RoleKey of(Role role, String publicHex, PrivateKey key) {
    byte[] form = CanonicalJson.encode(publicForm(publicHex));
    return new RoleKey(role, HexFormat.of().formatHex(sha256(form)), publicHex, key);
  }

  private static Map<String, Object> publicForm(String publicHex) {
    return Map.of("keytype", "ed25519", "scheme", "ed25519", "keyval", Map.of("public", publicHex));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  // The private key stays out of logs.
  @Override
  public String toString() {
    return role.text() + " key " + id;
  }
}
