package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.foretell.gateway.fixture.Pki;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.cose.AlgorithmID;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.oscore.HashMapCtxDB;
import org.eclipse.californium.oscore.OSCoreCoapStackFactory;
import org.eclipse.californium.oscore.OSCoreCtx;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;

/** A device with Californium on its side. */
final class CoapPeer implements AutoCloseable {
  private final CoapEndpoint endpoint;
  private final String base;

  /** How often a flight of the handshake is sent again: for some 20 s, and for some 2 s. */
  private static final int PATIENT = 5;

  private static final int HASTY = 2;

  private long timeoutMillis = 60_000;

  private CoapPeer(CoapEndpoint endpoint, String base) throws Exception {
    this.endpoint = endpoint;
    this.base = base;
    endpoint.start();
  }

  static CoapPeer plain(int port) throws Exception {
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(config())
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    return new CoapPeer(endpoint, "coap://127.0.0.1:" + port);
  }

  static CoapPeer secure(int port, String identity, String psk) throws Exception {
    return secure(port, PATIENT, identity, psk);
  }

  /** One that soon gives up its handshake, for one that is to fail. */
  static CoapPeer hasty(int port, String identity, String psk) throws Exception {
    return secure(port, HASTY, identity, psk);
  }

  private static CoapPeer secure(int port, int repetitions, String identity, String psk)
      throws Exception {
    return secure(
        port,
        repetitions,
        dtls ->
            dtls.setAdvancedPskStore(new AdvancedSinglePskStore(identity, psk.getBytes(US_ASCII))));
  }

  /** With an X.509 certificate; the server's own is believed as it is. */
  static CoapPeer certified(int port, Pki device) throws Exception {
    X509Certificate[] chain = device.shown().toArray(X509Certificate[]::new);
    return secure(
        port,
        dtls ->
            dtls.setCertificateIdentityProvider(
                    new SingleCertificateProvider(
                        device.keys().getPrivate(), chain, CertificateType.X_509))
                .setAdvancedCertificateVerifier(
                    StaticNewAdvancedCertificateVerifier.builder()
                        .setTrustAllCertificates()
                        .build()));
  }

  /** With a raw public key. */
  static CoapPeer keyed(int port, KeyPair keys) throws Exception {
    return secure(
        port,
        dtls ->
            dtls.setCertificateIdentityProvider(
                    new SingleCertificateProvider(keys.getPrivate(), keys.getPublic()))
                .setAdvancedCertificateVerifier(
                    StaticNewAdvancedCertificateVerifier.builder().setTrustAllRPKs().build()));
  }

  /** Plain, with requests protected by OSCORE. */
  static CoapPeer oscore(int port, String identity, String psk, int sequence) throws Exception {
    OSCoreCtx context =
        new OSCoreCtx(
            psk.getBytes(US_ASCII),
            true,
            AlgorithmID.AES_CCM_16_64_128,
            new byte[] {1},
            new byte[] {2},
            AlgorithmID.HKDF_HMAC_SHA_256,
            32,
            null,
            identity.getBytes(US_ASCII),
            4096);
    context.setIncludeContextId(true);
    context.setSenderSeq(sequence);
    HashMapCtxDB contexts = new HashMapCtxDB();
    String base = "coap://127.0.0.1:" + port;
    contexts.addContext(base, context);
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(config())
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .setCoapStackFactory(new OSCoreCoapStackFactory())
            .setCustomCoapStackArgument(contexts)
            .build();
    return new CoapPeer(endpoint, base);
  }

  private static CoapPeer secure(int port, Consumer<DtlsConnectorConfig.Builder> credentials)
      throws Exception {
    return secure(port, PATIENT, credentials);
  }

  private static CoapPeer secure(
      int port, int repetitions, Consumer<DtlsConnectorConfig.Builder> credentials)
      throws Exception {
    Configuration config = config();
    DtlsConnectorConfig.Builder dtls =
        DtlsConnectorConfig.builder(config)
            .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
            .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, 300, TimeUnit.MILLISECONDS)
            .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false)
            .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, repetitions);
    credentials.accept(dtls);
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(config)
            .setConnector(new DTLSConnector(dtls.build()))
            .build();
    return new CoapPeer(endpoint, "coaps://127.0.0.1:" + port);
  }

  /** A peer that gives up sooner, for requests that are to fail. */
  CoapPeer impatient() {
    timeoutMillis = 4_000;
    return this;
  }

  /** Sends a request; where the server wants the address proven, once more with its Echo. */
  CoapResponse send(Request request, String pathAndQuery) throws Exception {
    CoapResponse response = sendOnce(request, pathAndQuery);
    Option echo =
        response == null ? null : response.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
    if (echo == null) {
      return response;
    }
    Request again = new Request(request.getCode(), request.getType());
    again.setOptions(new OptionSet(request.getOptions()));
    again.getOptions().addOtherOption(echo);
    again.setPayload(request.getPayload());
    return sendOnce(again, pathAndQuery);
  }

  CoapResponse sendOnce(Request request, String pathAndQuery) throws Exception {
    request.setURI(base + pathAndQuery);
    return client(pathAndQuery).advanced(request);
  }

  CoapResponse get(String pathAndQuery) throws Exception {
    return send(Request.newGet(), pathAndQuery);
  }

  CoapResponse post(String pathAndQuery, byte[] payload, int format) throws Exception {
    Request request = Request.newPost();
    request.setPayload(payload);
    request.getOptions().setContentFormat(format);
    return send(request, pathAndQuery);
  }

  Observation observe(String pathAndQuery, int accept) throws Exception {
    Request request = Request.newGet();
    request.setURI(base + pathAndQuery);
    request.setObserve();
    request.getOptions().setAccept(accept);
    Observation observation = new Observation();
    observation.relation = client(pathAndQuery).observeAndWait(request, observation);
    return observation;
  }

  private CoapClient client(String pathAndQuery) {
    CoapClient client = new CoapClient(base + pathAndQuery);
    client.setEndpoint(endpoint);
    client.setTimeout(timeoutMillis);
    return client;
  }

  private static Configuration config() {
    Configuration config =
        new Configuration(
            SystemConfig.DEFINITIONS,
            UdpConfig.DEFINITIONS,
            CoapConfig.DEFINITIONS,
            DtlsConfig.DEFINITIONS);
    config.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 8 << 20);
    config.set(CoapConfig.PREFERRED_BLOCK_SIZE, 1024);
    config.set(CoapConfig.MAX_MESSAGE_SIZE, 1024);
    return config;
  }

  @Override
  public void close() {
    endpoint.destroy();
  }

  /** What an observer was told. */
  static final class Observation implements CoapHandler {
    private final BlockingQueue<CoapResponse> told = new LinkedBlockingQueue<>();
    private CoapObserveRelation relation;

    CoapResponse next() throws InterruptedException {
      CoapResponse response = told.poll(60, TimeUnit.SECONDS);
      if (response == null) {
        throw new AssertionError("no notification came");
      }
      return response;
    }

    boolean isQuiet() {
      return told.isEmpty();
    }

    void cancel() {
      relation.proactiveCancel();
    }

    void forget() {
      relation.reactiveCancel();
    }

    @Override
    public void onLoad(CoapResponse response) {
      told.add(response);
    }

    @Override
    public void onError() {}
  }
}
