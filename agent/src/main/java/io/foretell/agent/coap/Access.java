package io.foretell.agent.coap;

import java.net.InetSocketAddress;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, and by what it knows the device: a pre-shared key over DTLS 1.2, or a token in
 * each request over plain UDP.
 */
final class Access {
  private static final int LARGEST_BODY = 1 << 20;

  private final String baseUri;
  private final @Nullable String token;
  private final @Nullable String identity;
  private final byte @Nullable [] key;

  private Access(
      String baseUri, @Nullable String token, @Nullable String identity, byte @Nullable [] key) {
    this.baseUri = baseUri;
    this.token = token;
    this.identity = identity;
    this.key = key;
  }

  static Access dtls(InetSocketAddress server, String device, byte[] key) {
    return new Access(uri("coaps", server), null, device, key.clone());
  }

  static Access plain(InetSocketAddress server, String token) {
    return new Access(uri("coap", server), token, null, null);
  }

  private static String uri(String scheme, InetSocketAddress server) {
    String host = server.getHostString();
    return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.getPort();
  }

  String baseUri() {
    return baseUri;
  }

  /** An endpoint to be built: a socket of its own, and over DTLS a session of its own. */
  CoapEndpoint.Builder endpoint() {
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
    Configuration config = Configuration.createStandardWithoutFile();
    config.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, LARGEST_BODY);
    // So that the session outlives a change of address (RFC 9146), where the server can do it too.
    config.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0);
    config.set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY);
    config.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
    config.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
    return CoapEndpoint.builder().setConfiguration(config).setConnector(connector(config));
  }

  private Connector connector(Configuration config) {
    return identity == null || key == null
        ? new UDPConnector(new InetSocketAddress(0), config)
        : new DTLSConnector(
            DtlsConnectorConfig.builder(config)
                .setAdvancedPskStore(new AdvancedSinglePskStore(identity, key))
                .build());
  }

  /** Addresses a request to a path of the server. */
  Request request(Request request, String path) {
    request.setURI(baseUri);
    request.getOptions().setUriPath("/" + path);
    if (token != null) {
      request.getOptions().addUriQuery("token=" + token);
    }
    return request;
  }
}
