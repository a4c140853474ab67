package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;

/** A device with Californium on its side. */
final class CoapPeer implements AutoCloseable {
  private final CoapEndpoint endpoint;
  private final String base;

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
    Configuration config = config();
    DtlsConnectorConfig dtls =
        DtlsConnectorConfig.builder(config)
            .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
            .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, 300, TimeUnit.MILLISECONDS)
            .set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, 2)
            .setAdvancedPskStore(new AdvancedSinglePskStore(identity, psk.getBytes(US_ASCII)))
            .build();
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(config)
            .setConnector(new DTLSConnector(dtls))
            .build();
    return new CoapPeer(endpoint, "coaps://127.0.0.1:" + port);
  }

  CoapResponse send(Request request, String pathAndQuery) throws Exception {
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
    client.setTimeout(20_000L);
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
      CoapResponse response = told.poll(10, TimeUnit.SECONDS);
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
