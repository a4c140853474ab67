package io.foretell.gateway.coap;

import io.foretell.gateway.Identities;
import io.foretell.gateway.ListenerException;
import java.net.InetSocketAddress;
import java.security.interfaces.ECPrivateKey;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.auth.AdditionalInfo;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Californium set up for many devices on one machine. */
final class CoapConfiguration {
  private static final Logger log = LoggerFactory.getLogger(CoapConfiguration.class);

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
      CoapSettings settings, Configuration config, Identities identities) {
    PskKeys keys = new PskKeys(identities);
    DtlsConnectorConfig.Builder builder =
        DtlsConnectorConfig.builder(config)
            .setAddress(new InetSocketAddress(settings.host(), settings.securePort()))
            .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CONNECTION_ID_BYTES)
            // A stranger's address is proven before anything is computed or remembered for it.
            .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
            .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST_FOR_PSK, true)
            .set(DtlsConfig.DTLS_RECEIVE_BUFFER_SIZE, SOCKET_BUFFER)
            .set(DtlsConfig.DTLS_SEND_BUFFER_SIZE, SOCKET_BUFFER)
            .setAdvancedPskStore(keys)
            .setApplicationLevelInfoSupplier((peer, proof) -> info(keys, proof));
    settings
        .identity()
        .map(files -> ServerKey.read(files.certificate(), files.key()))
        .filter(CoapConfiguration::usable)
        .ifPresent(own -> withCertificates(builder, own, identities));
    try {
      return builder.build();
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new ListenerException(
          "CoAP over DTLS cannot use its certificate or key: " + e.getMessage(), e);
    }
  }

  /** Constrained devices do ECDSA (RFC 7925 section 4.4); an RSA certificate serves MQTT alone. */
  private static boolean usable(ServerKey own) {
    boolean elliptic = own.key() instanceof ECPrivateKey;
    if (!elliptic) {
      log.warn("CoAP over DTLS takes pre-shared keys alone: the certificate's key is not ECDSA");
    }
    return elliptic;
  }

  private static void withCertificates(
      DtlsConnectorConfig.Builder builder, ServerKey own, Identities identities) {
    builder
        .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED)
        .setCertificateIdentityProvider(
            new SingleCertificateProvider(
                own.key(), own.chain(), CertificateType.X_509, CertificateType.RAW_PUBLIC_KEY))
        .setAdvancedCertificateVerifier(new Certificates(identities));
  }

  private static AdditionalInfo info(PskKeys keys, @Nullable Object proved) {
    if (!(proved instanceof Proof proof)) {
      return AdditionalInfo.empty();
    }
    if (proof.psk() >= 0) {
      keys.proved(proof);
    }
    return proof.info();
  }
}
