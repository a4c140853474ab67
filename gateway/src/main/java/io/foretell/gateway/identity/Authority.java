package io.foretell.gateway.identity;

import java.security.cert.X509Certificate;

/**
 * A certificate authority that tells a tenant's devices.
 *
 * @param fingerprint SHA-256 of the certificate, 64 lower-case hex digits: its name
 * @param naming how a device's name is read from its certificate, as {@code cn={device}}, {@code
 *     dns={device}.fleet.example.com} or {@code uri=urn:serial:{device}}
 * @param provisions whether a device that is not known yet is registered when it first connects
 * @param renews whether a device may come with a new key under this authority; otherwise it keeps
 *     the key that it first came with
 * @param addedAt ms since 1970
 */
public record Authority(
    String fingerprint,
    String tenant,
    X509Certificate certificate,
    String naming,
    boolean provisions,
    boolean renews,
    long addedAt) {
  /** The name of the authority, as its certificate says it (RFC 2253). */
  public String subject() {
    return certificate.getSubjectX500Principal().getName();
  }

  /** The end of its certificate, ms since 1970. */
  public long expiresAt() {
    return certificate.getNotAfter().getTime();
  }
}
