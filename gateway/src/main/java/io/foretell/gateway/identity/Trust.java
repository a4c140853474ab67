package io.foretell.gateway.identity;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges chains of certificates after RFC 5280 section 6, without revocation lists: a device is
 * revoked in the register, not in its certificate.
 */
final class Trust {
  /** The longest chain that is looked at. */
  static final int LONGEST = 8;

  private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int SIGNS_CERTIFICATES = 5;

  private Trust() {}

  /** The authority that a chain leads to; empty where it leads to none of these. */
  static Optional<Authority> anchor(
      List<X509Certificate> chain, List<Authority> authorities, Instant now) {
    if (chain.isEmpty() || chain.size() > LONGEST || !mayBeDevice(chain.get(0))) {
      return Optional.empty();
    }
    for (int i = 0; i < chain.size(); i++) {
      for (Authority authority : authorities) {
        boolean issuer =
            chain
                .get(i)
                .getIssuerX500Principal()
                .equals(authority.certificate().getSubjectX500Principal());
        if (issuer && leadsTo(chain.subList(0, i + 1), authority, now)) {
          return Optional.of(authority);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean leadsTo(List<X509Certificate> chain, Authority authority, Instant now) {
    try {
      authority.certificate().checkValidity(Date.from(now));
      CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
      PKIXParameters rules =
          new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
      rules.setRevocationEnabled(false);
      rules.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX").validate(path, rules);
      return true;
    } catch (InvalidAlgorithmParameterException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("PKIX is part of every JDK", e);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** An authority's own certificate is no device's, and one for servers alone is not either. */
  private static boolean mayBeDevice(X509Certificate certificate) {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      boolean[] usage = certificate.getKeyUsage();
      return certificate.getBasicConstraints() < 0
          && (usage == null || usage[DIGITAL_SIGNATURE])
          && (purposes == null
              || purposes.contains(CLIENT_AUTHENTICATION)
              || purposes.contains(ANY_PURPOSE));
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  /** Why a certificate cannot be that of an authority; empty where it can. */
  static Optional<String> noAuthority(X509Certificate certificate, Instant now) {
    boolean[] usage = certificate.getKeyUsage();
    if (certificate.getBasicConstraints() < 0) {
      return Optional.of("it is no certificate authority (basicConstraints)");
    }
    if (usage != null && !usage[SIGNS_CERTIFICATES]) {
      return Optional.of("it may not sign certificates (keyUsage)");
    }
    try {
      certificate.checkValidity(Date.from(now));
      return Optional.empty();
    } catch (CertificateException e) {
      return Optional.of("it is not valid now: " + e.getMessage());
    }
  }

  static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.of().formatHex(Secrets.sha256(certificate.getEncoded()));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("a certificate without bytes", e);
    }
  }

  static String keyHash(PublicKey key) {
    return HexFormat.of().formatHex(Secrets.sha256(key.getEncoded()));
  }
}
