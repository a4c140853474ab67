package io.foretell.gateway.coap;

import java.time.Duration;

/**
 * How CoAP is served.
 *
 * @param host address to bind, {@code 127.0.0.1} for this machine alone
 * @param port of plain CoAP; 0 takes any free one; {@link #OFF} opens none
 * @param securePort of CoAP over DTLS; 0 takes any free one; {@link #OFF} opens none
 * @param maxBody bytes of a body, in one datagram or many blocks; more is answered 4.13
 * @param observeCheck how often a silent observer is asked whether it is still there (CoAP ping)
 */
public record CoapSettings(
    String host, int port, int securePort, int maxBody, Duration observeCheck) {
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

  /** Refuses limits that let nothing through. */
  public CoapSettings {
    if (maxBody < 1 || observeCheck.toMillis() < 1) {
      throw new IllegalArgumentException("maxBody " + maxBody + ", check " + observeCheck);
    }
  }

  /** With the ordinary limits. */
  public static CoapSettings of(String host, int port, int securePort) {
    return new CoapSettings(host, port, securePort, DEFAULT_MAX_BODY, DEFAULT_OBSERVE_CHECK);
  }

  /** The same for bodies of another size. */
  public CoapSettings withMaxBody(int bytes) {
    return new CoapSettings(host, port, securePort, bytes, observeCheck);
  }
}
