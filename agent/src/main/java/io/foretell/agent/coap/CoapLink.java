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
import org.eclipse.californium.core.network.CoapEndpoint;
import org.jspecify.annotations.Nullable;

/** A link over confirmable CoAP; commands come by Observe (RFC 7641). */
public final class CoapLink implements Link {
  private static final long REQUEST_TIMEOUT_MILLIS = 20_000;

  /** Client errors that say "later", not "never" (RFC 7959, 2.9.2; RFC 8516). */
  private static final Set<CoAP.ResponseCode> PASSING =
      EnumSet.of(CoAP.ResponseCode.REQUEST_ENTITY_INCOMPLETE, CoAP.ResponseCode.TOO_MANY_REQUESTS);

  private final Access access;
  private final boolean observe;
  private final long timeoutMillis;
  private @Nullable Connection connection;

  private CoapLink(Access access, boolean observe, long timeoutMillis) {
    this.access = access;
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
    return new CoapLink(Access.dtls(server, device, key), observe, REQUEST_TIMEOUT_MILLIS);
  }

  /** Over plain UDP, with the device's token in each request. */
  public static CoapLink plain(InetSocketAddress server, String token, boolean observe) {
    return new CoapLink(Access.plain(server, token), observe, REQUEST_TIMEOUT_MILLIS);
  }

  /** The same, but an answer that takes longer counts as none. */
  CoapLink withTimeout(long millis) {
    return new CoapLink(access, observe, millis);
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
    CoapEndpoint endpoint = access.endpoint().build();
    Observation observation = observe ? new Observation(commands, lost) : null;
    Connection fresh = new Connection(endpoint, observation);
    try {
      endpoint.start();
      if (observation == null) {
        greet(endpoint);
      } else {
        observation.begin(endpoint, access.request(Request.newGet(), "v1/commands"), timeoutMillis);
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
    CoapClient client = new CoapClient(access.baseUri());
    client.setEndpoint(endpoint);
    boolean answers = client.ping(timeoutMillis);
    client.shutdown();
    if (!answers) {
      throw new LinkException("no answer from " + access.baseUri(), false);
    }
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
    Request request = access.request(Request.newPost(), message.path());
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
