package io.foretell.agent.coap;

import io.foretell.agent.Ack;
import io.foretell.agent.Link;
import io.foretell.agent.LinkException;
import io.foretell.agent.Message;
import io.foretell.proto.v1.DeviceCommand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.jspecify.annotations.Nullable;

/** A link over confirmable CoAP; commands come by Observe (RFC 7641). */
public final class CoapLink implements Link {
  private static final long REQUEST_TIMEOUT_MILLIS = 20_000;

  /** Client errors that say "later", not "never" (RFC 7959, 2.9.2; RFC 8516). */
  private static final Set<CoAP.ResponseCode> PASSING =
      EnumSet.of(CoAP.ResponseCode.REQUEST_ENTITY_INCOMPLETE, CoAP.ResponseCode.TOO_MANY_REQUESTS);

  private final String baseUri;
  private final @Nullable String token;
  private final @Nullable String identity;
  private final byte @Nullable [] key;
  private final boolean observe;
  private final long timeoutMillis;
  private @Nullable Connection connection;

  private CoapLink(
      String baseUri,
      @Nullable String token,
      @Nullable String identity,
      byte @Nullable [] key,
      boolean observe,
      long timeoutMillis) {
    this.baseUri = baseUri;
    this.token = token;
    this.identity = identity;
    this.key = key;
    this.observe = observe;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * Over DTLS 1.2 with a pre-shared key.
   *
   * @param device the identity that goes with the key
   * @param observe whether to listen for commands
   */
  public static CoapLink dtls(
      InetSocketAddress server, String device, byte[] key, boolean observe) {
    return new CoapLink(
        uri("coaps", server), null, device, key.clone(), observe, REQUEST_TIMEOUT_MILLIS);
  }

  /** Over plain UDP, with the device's token in each request. */
  public static CoapLink plain(InetSocketAddress server, String token, boolean observe) {
    return new CoapLink(uri("coap", server), token, null, null, observe, REQUEST_TIMEOUT_MILLIS);
  }

  /** The same, but an answer that takes longer counts as none. */
  CoapLink withTimeout(long millis) {
    return new CoapLink(baseUri, token, identity, key, observe, millis);
  }

  private static String uri(String scheme, InetSocketAddress server) {
    String host = server.getHostString();
    return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.getPort();
  }

  /** What belongs to one connection. */
  private record Connection(CoapEndpoint endpoint, @Nullable Observation observation) {
    void close() {
      if (observation != null) {
        observation.close();
      }
      endpoint.destroy();
    }
  }

  @Override
  public void connect(Consumer<DeviceCommand> commands, Runnable lost) {
    close();
    CoapEndpoint endpoint = newEndpoint();
    Observation observation = observe ? new Observation(commands, lost) : null;
    Connection fresh = new Connection(endpoint, observation);
    try {
      endpoint.start();
      if (observation == null) {
        greet(endpoint);
      } else {
        observation.begin(endpoint, request(Request.newGet(), "v1/commands"), timeoutMillis);
      }
    } catch (IOException e) {
      fresh.close();
      throw new LinkException("no UDP socket: " + e.getMessage(), e);
    } catch (LinkException e) {
      fresh.close();
      throw e;
    }
    synchronized (this) {
      connection = fresh;
    }
  }

  /** A CoAP ping (RFC 7252, 4.3): whether anybody is there; over DTLS, whether it takes our key. */
  private void greet(CoapEndpoint endpoint) {
    CoapClient client = new CoapClient(baseUri);
    client.setEndpoint(endpoint);
    boolean answers = client.ping(timeoutMillis);
    client.shutdown();
    if (!answers) {
      throw new LinkException("no answer from " + baseUri, false);
    }
  }

  private CoapEndpoint newEndpoint() {
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
    Configuration config = Configuration.createStandardWithoutFile();
    config.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1 << 20);
    // So that the session outlives a change of address (RFC 9146), where the server can do it too.
    config.set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0);
    config.set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY);
    config.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1);
    config.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
    CoapEndpoint.Builder builder = CoapEndpoint.builder().setConfiguration(config);
    if (identity == null || key == null) {
      return builder.setPort(0).build();
    }
    DtlsConnectorConfig dtls =
        DtlsConnectorConfig.builder(config)
            .setAdvancedPskStore(new AdvancedSinglePskStore(identity, key))
            .build();
    return builder.setConnector(new DTLSConnector(dtls)).build();
  }

  private Request request(Request request, String path) {
    request.setURI(baseUri);
    request.getOptions().setUriPath("/" + path);
    if (token != null) {
      request.getOptions().addUriQuery("token=" + token);
    }
    return request;
  }

  @Override
  public CompletionStage<Ack> send(Message message) {
    Connection current;
    synchronized (this) {
      current = connection;
    }
    if (current == null) {
      return CompletableFuture.failedFuture(new LinkException("not connected", false));
    }
    CompletableFuture<Ack> sent = new CompletableFuture<>();
    Request request = request(Request.newPost(), message.path());
    request.setPayload(message.payload());
    request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_OCTET_STREAM);
    request.addMessageObserver(new Answered(sent));
    current.endpoint().sendRequest(request);
    return sent.orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .whenComplete(
            (ack, failure) -> {
              if (failure instanceof TimeoutException) {
                request.cancel();
              }
            });
  }

  /** Completes with the answer to one request, or with why there is none. */
  private static final class Answered extends MessageObserverAdapter {
    private final CompletableFuture<Ack> sent;

    Answered(CompletableFuture<Ack> sent) {
      this.sent = sent;
    }

    @Override
    public void onResponse(Response response) {
      CoAP.ResponseCode code = response.getCode();
      if (code.isSuccess()) {
        sent.complete(Ack.STORED);
      } else if (code == CoAP.ResponseCode.UNAUTHORIZED) {
        sent.completeExceptionally(new LinkException("the server refuses the credentials", true));
      } else if (code.isClientError() && !PASSING.contains(code)) {
        String said = response.getPayloadString();
        sent.complete(new Ack(false, said.isEmpty() ? code.toString() : said));
      } else {
        sent.completeExceptionally(new LinkException("server: " + code, false));
      }
    }

    @Override
    protected void failed() {
      sent.completeExceptionally(new LinkException("no answer", false));
    }
  }

  @Override
  public void close() {
    Connection current;
    synchronized (this) {
      current = connection;
      connection = null;
    }
    if (current != null) {
      current.close();
    }
  }
}
