package io.foretell.gateway.coap;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;

/** Californium set up for many devices on one machine. */
final class CoapConfiguration {
  static final int BLOCKWISE_LIFETIME_SECONDS = 60;

  /** At 1 KB a datagram, room for the bursts of a whole fleet. */
  private static final int SOCKET_BUFFER = 4 << 20;

  private static final int BLOCK = 1024;
  private static final int CONNECTION_ID_BYTES = 6;

  private CoapConfiguration() {}

  static Configuration of(CoapSettings settings) {
    Configuration config =
        new Configuration(
            SystemConfig.DEFINITIONS,
            UdpConfig.DEFINITIONS,
            CoapConfig.DEFINITIONS,
            DtlsConfig.DEFINITIONS);
    config.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, settings.maxBody());
    config.set(CoapConfig.MAX_MESSAGE_SIZE, BLOCK);
    config.set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK);
    config.set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, BLOCKWISE_LIFETIME_SECONDS, TimeUnit.SECONDS);
    // Keeps the last messages of each peer; the default keeps every exchange for four minutes.
    config.set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP);
    config.set(UdpConfig.UDP_RECEIVE_BUFFER_SIZE, SOCKET_BUFFER);
    config.set(UdpConfig.UDP_SEND_BUFFER_SIZE, SOCKET_BUFFER);
    return config;
  }

  static UDPConnector plain(CoapSettings settings, Configuration config) {
    return new UDPConnector(new InetSocketAddress(settings.host(), settings.port()), config);
  }

  static DtlsConnectorConfig secure(
      CoapSettings settings, Configuration config, AdvancedPskStore keys) {
    return DtlsConnectorConfig.builder(config)
        .setAddress(new InetSocketAddress(settings.host(), settings.securePort()))
        .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
        .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CONNECTION_ID_BYTES)
        // A stranger's address is proven before anything is computed or remembered for it.
        .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
        .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST_FOR_PSK, true)
        .set(DtlsConfig.DTLS_RECEIVE_BUFFER_SIZE, SOCKET_BUFFER)
        .set(DtlsConfig.DTLS_SEND_BUFFER_SIZE, SOCKET_BUFFER)
        .setAdvancedPskStore(keys)
        .build();
  }
}
