package io.foretell.gateway.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and public keys in their text form (RFC 7468). */
final class Pem {
  private static final int LONGEST = 64 * 1024;
  private static final Pattern CERTIFICATE = block("CERTIFICATE");
  private static final Pattern PUBLIC_KEY = block("PUBLIC KEY");

  private Pem() {}

  private static Pattern block(String what) {
    return Pattern.compile("-----BEGIN " + what + "-----([A-Za-z0-9+/=\\s]+)-----END " + what);
  }

  /** The first certificate of a text; refuses others with {@link InvalidInputException}. */
  static X509Certificate certificate(String text) {
    try {
      byte[] der = bytes(text, CERTIFICATE, "certificate");
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | IndexOutOfBoundsException e) {
      // The JDK looks for the last byte of an Ed25519 key that may have none.
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the certificate cannot be read");
    }
  }

  /** The first public key of a text; refuses others with {@link InvalidInputException}. */
  static PublicKey publicKey(String text) {
    byte[] der = bytes(text, PUBLIC_KEY, "public key");
    for (String algorithm : List.of("EC", "Ed25519", "RSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      } catch (GeneralSecurityException | IndexOutOfBoundsException e) {
        continue;
      }
    }
    throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a key that is no EC, Ed25519 or RSA");
  }

  private static byte[] bytes(String text, Pattern block, String what) {
    String pem = text.length() > LONGEST ? "" : text;
    Matcher matcher = block.matcher(pem);
    if (!matcher.find()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "no " + what + " in PEM");
    }
    try {
      return Base64.getMimeDecoder().decode(matcher.group(1).getBytes(US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "the " + what + " is cut off");
    }
  }
}
