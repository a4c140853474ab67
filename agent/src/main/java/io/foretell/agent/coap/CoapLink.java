package io.foretell.agent.coap;

import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.agent.Ack;
import io.foretell.agent.Link;
import io.foretell.agent.LinkException;
import io.foretell.agent.Message;
import io.foretell.proto.v1.DeviceCommand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link over confirmable CoAP; commands come by Observe (RFC 7641). */
public final class CoapLink implements Link {
  private static final Logger log = LoggerFactory.getLogger(CoapLink.class);
  private static final long REQUEST_TIMEOUT_MILLIS = 20_000;

  private final String baseUri;
  private final String query;
  private final @Nullable String identity;
  private final byte @Nullable [] key;
  private final boolean observe;
  private @Nullable CoapEndpoint endpoint;

  private CoapLink(
      String baseUri,
      String query,
      @Nullable String identity,
      byte @Nullable [] key,
      boolean observe) {
    this.baseUri = baseUri;
    this.query = query;
    this.identity = identity;
    this.key = key;
    this.observe = observe;
  }

  /**
   * Over DTLS 1.2 with a pre-shared key.
   *
   * @param observe whether to listen for commands
   */
  public static CoapLink dtls(
      InetSocketAddress server, String device, byte[] key, boolean observe) {
    return new CoapLink(
        "coaps://" + server.getHostString() + ":" + server.getPort(),
        "",
        device,
        key.clone(),
        observe);
  }

  /** Over plain UDP, with the device's token in each request. */
  public static CoapLink plain(InetSocketAddress server, String token, boolean observe) {
    return new CoapLink(
        "coap://" + server.getHostString() + ":" + server.getPort(),
        "?token=" + token,
        null,
        null,
        observe);
  }

  @Override
  public void connect(Consumer<DeviceCommand> commands, Runnable lost) {
    close();
    CoapEndpoint fresh = newEndpoint();
    try {
      fresh.start();
    } catch (IOException e) {
      throw new LinkException("no UDP socket: " + e.getMessage(), e);
    }
    synchronized (this) {
      endpoint = fresh;
    }
    if (observe) {
      listen(fresh, commands, lost);
    }
  }

  private CoapEndpoint newEndpoint() {
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
    Configuration config = Configuration.createStandardWithoutFile();
    config.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1 << 20);
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

  private void listen(CoapEndpoint through, Consumer<DeviceCommand> commands, Runnable lost) {
    CoapClient client = client(through, "/v1/commands");
    client.observe(
        new CoapHandler() {
          @Override
          public void onLoad(CoapResponse response) {
            if (!response.isSuccess()) {
              log.debug("observing commands: {}", response.getCode());
              return;
            }
            byte[] payload = response.getPayload();
            if (payload == null || payload.length == 0) {
              return;
            }
            try {
              commands.accept(DeviceCommand.parseFrom(payload));
            } catch (InvalidProtocolBufferException e) {
              log.warn("a command that cannot be read: {}", e.getMessage());
            }
          }

          @Override
          public void onError() {
            lost.run();
          }
        });
  }

  private CoapClient client(CoapEndpoint through, String path) {
    CoapClient client = new CoapClient(baseUri + path + query);
    client.setEndpoint(through);
    client.setTimeout(REQUEST_TIMEOUT_MILLIS);
    return client;
  }

  @Override
  public CompletionStage<Ack> send(Message message) {
    CompletableFuture<Ack> sent = new CompletableFuture<>();
    CoapEndpoint through;
    synchronized (this) {
      through = endpoint;
    }
    if (through == null) {
      sent.completeExceptionally(new LinkException("not connected", false));
      return sent;
    }
    Request request = Request.newPost();
    request.setURI(baseUri + "/" + message.path() + query);
    request.setPayload(message.payload());
    request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_OCTET_STREAM);
    client(through, "/" + message.path())
        .advanced(
            new CoapHandler() {
              @Override
              public void onLoad(CoapResponse response) {
                settle(sent, response);
              }

              @Override
              public void onError() {
                sent.completeExceptionally(new LinkException("no answer", false));
              }
            },
            request);
    return sent;
  }

  private static void settle(CompletableFuture<Ack> sent, CoapResponse response) {
    if (response.isSuccess()) {
      sent.complete(Ack.STORED);
    } else if (response.getCode() == CoAP.ResponseCode.UNAUTHORIZED) {
      sent.completeExceptionally(new LinkException("the server refuses the credentials", true));
    } else if (response.getCode().isClientError()) {
      sent.complete(new Ack(false, response.getResponseText()));
    } else {
      sent.completeExceptionally(new LinkException("server: " + response.getCode(), false));
    }
  }

  @Override
  public void close() {
    CoapEndpoint current;
    synchronized (this) {
      current = endpoint;
      endpoint = null;
    }
    if (current != null) {
      current.destroy();
    }
  }
}
