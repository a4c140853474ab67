package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.foretell.gateway.ListenerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server's own certificate chain and private key, read from PEM files (RFC 7468). */
record ServerKey(PrivateKey key, Certificate[] chain) {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY");

  /**
   * Reads them.
   *
   * @throws ListenerException where one cannot be read; so a damaged file keeps the port closed
   */
  static ServerKey read(Path certificate, Path key) {
    try (InputStream in = Files.newInputStream(certificate)) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new IOException(certificate + " has no certificate");
      }
      return new ServerKey(privateKey(key, chain[0].getPublicKey().getAlgorithm()), chain);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new ListenerException(
          "CoAP over DTLS cannot use its certificate or key: " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    Matcher pem = PKCS8.matcher(Files.readString(file, US_ASCII));
    if (!pem.find()) {
      throw new IOException(file + " has no private key (PKCS #8)");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.group(1).getBytes(US_ASCII));
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }
}
