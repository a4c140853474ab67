package io.foretell.gateway.coap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How CoAP is served.
 *
 * @param host address to bind, {@code 127.0.0.1} for this machine alone
 * @param port of plain CoAP; 0 takes any free one; {@link #OFF} opens none
 * @param securePort of CoAP over DTLS; 0 takes any free one; {@link #OFF} opens none
 * @param maxBody bytes of a body, in one datagram or many blocks; more is answered 4.13
 * @param observeCheck how often a silent observer is asked whether it is still there (CoAP ping)
 * @param maxInFlight messages that may wait for the disk at once; more are answered 5.03
 * @param identity the server's own certificate; where absent, DTLS takes pre-shared keys alone
 */
public record CoapSettings(
    String host,
    int port,
    int securePort,
    int maxBody,
    Duration observeCheck,
    int maxInFlight,
    Optional<Identity> identity) {
  /**
   * The server's certificate chain and private key, for devices that come with X.509 certificates
   * or raw public keys.
   *
   * @param certificate PEM
   * @param key PEM, PKCS #8
   */
  public record Identity(Path certificate, Path key) {}

  /** The port that opens nothing. */
  public static final int OFF = -1;

  /** RFC 7252 section 12.6. */
  public static final int DEFAULT_PORT = 5683;

  /** RFC 7252 section 12.7. */
  public static final int DEFAULT_SECURE_PORT = 5684;

  /** 1 MiB, as on every protocol. */
  public static final int DEFAULT_MAX_BODY = 1 << 20;

  /** Often enough to tell in one coffee break that a device is gone. */
  public static final Duration DEFAULT_OBSERVE_CHECK = Duration.ofMinutes(15);

  /** What a disk that syncs in groups takes up in about a second. */
  public static final int DEFAULT_MAX_IN_FLIGHT = 16_384;

  /** Refuses limits that let nothing through. */
  public CoapSettings {
    if (maxBody < 1 || observeCheck.toMillis() < 1 || maxInFlight < 1) {
      throw new IllegalArgumentException(
          "maxBody " + maxBody + ", check " + observeCheck + ", in flight " + maxInFlight);
    }
  }

  /** With the ordinary limits. */
  public static CoapSettings of(String host, int port, int securePort) {
    return new CoapSettings(
        host,
        port,
        securePort,
        DEFAULT_MAX_BODY,
        DEFAULT_OBSERVE_CHECK,
        DEFAULT_MAX_IN_FLIGHT,
        Optional.empty());
  }

  /** The same with a certificate of the server's own. */
  public CoapSettings withIdentity(Path certificate, Path key) {
    return new CoapSettings(
        host,
        port,
        securePort,
        maxBody,
        observeCheck,
        maxInFlight,
        Optional.of(new Identity(certificate, key)));
  }

  /** The same with another limit of messages that wait for the disk. */
  public CoapSettings withMaxInFlight(int messages) {
    return new CoapSettings(host, port, securePort, maxBody, observeCheck, messages, identity);
  }

  /** The same with another period between two questions to a silent observer. */
  public CoapSettings withObserveCheck(Duration period) {
    return new CoapSettings(host, port, securePort, maxBody, period, maxInFlight, identity);
  }

  /** The same for bodies of another size. */
  public CoapSettings withMaxBody(int bytes) {
    return new CoapSettings(host, port, securePort, bytes, observeCheck, maxInFlight, identity);
  }
}
