package io.foretell.gateway.mqtt;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the listener listens.
 *
 * @param bind address or host name of the interface
 * @param port plain TCP; 0 takes any free one
 * @param tlsPort TLS over TCP; empty for none, 0 takes any free one
 * @param certificate PEM file of the server's certificate chain; must be there where tlsPort is
 * @param key PEM file of its private key (PKCS#8); must be there where tlsPort is
 * @param eventLoops how many event loops share the connections; 1 or more
 * @param limits what one peer may cost
 */
public record MqttSettings(
    String bind,
    int port,
    Optional<Integer> tlsPort,
    Optional<Path> certificate,
    Optional<Path> key,
    int eventLoops,
    MqttLimits limits) {
  /** Refuses a TLS port without a certificate. */
  public MqttSettings {
    if (tlsPort.isPresent() && (certificate.isEmpty() || key.isEmpty())) {
      throw new IllegalArgumentException("a TLS port needs a certificate and its key");
    }
    if (eventLoops < 1) {
      throw new IllegalArgumentException("eventLoops must be 1 or more");
    }
  }

  /** Plain TCP only, ordinary limits, an event loop for each processor. */
  public static MqttSettings plain(String bind, int port) {
    return new MqttSettings(
        bind,
        port,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Runtime.getRuntime().availableProcessors(),
        MqttLimits.defaults());
  }

  /** The same with a TLS port. */
  public MqttSettings withTls(int tlsPort, Path certificate, Path key) {
    return new MqttSettings(
        bind,
        port,
        Optional.of(tlsPort),
        Optional.of(certificate),
        Optional.of(key),
        eventLoops,
        limits);
  }

  /** The same with other limits. */
  public MqttSettings withLimits(MqttLimits limits) {
    return new MqttSettings(bind, port, tlsPort, certificate, key, eventLoops, limits);
  }
}
