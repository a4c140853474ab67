package io.foretell.agent.coap;

import io.foretell.agent.update.Fetcher;
import io.foretell.proto.Digest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.elements.config.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Fetches from a server's {@code /v1/metadata} and {@code /v1/artifacts} over CoAP, block by block
 * (RFC 7959); a download goes on at any byte, with the block that has it. Nothing but one block is
 * ever in memory, and there is one request under way at a time (RFC 7252, 4.7).
 *
 * <p>A block that does not come within {@value #PATIENCE_MILLIS} ms, with all its repetitions,
 * breaks the transfer; the next one begins on a connection of its own.
 */
public final class CoapFetcher implements Fetcher, AutoCloseable {
  private static final long PATIENCE_MILLIS = 30_000;

  private final Access access;
  private final long patienceMillis;
  private @Nullable CoapEndpoint endpoint;

  private CoapFetcher(Access access, long patienceMillis) {
    this.access = access;
    this.patienceMillis = patienceMillis;
  }

  /**
   * Over DTLS 1.2 with a pre-shared key.
   *
   * @param device the identity that goes with the key
   */
  public static CoapFetcher dtls(InetSocketAddress server, String device, byte[] key) {
    return new CoapFetcher(Access.dtls(server, device, key), PATIENCE_MILLIS);
  }

  /** Over plain UDP, with the device's token in each request. */
  public static CoapFetcher plain(InetSocketAddress server, String token) {
    return new CoapFetcher(Access.plain(server, token), PATIENCE_MILLIS);
  }

  /**
   * The same, but it waits otherwise.
   *
   * @param millis a block that takes longer breaks the transfer
   */
  public CoapFetcher withPatience(long millis) {
    return new CoapFetcher(access, millis);
  }

  @Override
  public Optional<InputStream> metadata(String name) throws IOException {
    try {
      return Optional.of(body("v1/metadata/" + name, 0));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  @Override
  public InputStream artifact(Digest digest, long offset) throws IOException {
    return body("v1/artifacts/" + digest.hex(), offset);
  }

  private BlockBody body(String path, long offset) throws IOException {
    return new BlockBody(path, offset, block -> block(path, block));
  }

  private Response block(String path, BlockOption block) throws IOException {
    Request request = access.request(Request.newGet(), path);
    request.getOptions().setBlock2(block.getSzx(), false, block.getNum());
    Response response = answer(request);
    if (response == null) {
      close(); // over DTLS, the server may have forgotten this session and stay silent for ever
      throw new IOException(access.baseUri() + "/" + path + ": no answer");
    }
    if (response.getCode() == ResponseCode.NOT_FOUND) {
      throw new FileNotFoundException(access.baseUri() + "/" + path + ": not there");
    }
    if (response.getCode() != ResponseCode.CONTENT) {
      throw new IOException(
          path + ": " + response.getCode() + " " + response.getPayloadString().strip());
    }
    return response;
  }

  private @Nullable Response answer(Request request) throws IOException {
    opened().sendRequest(request);
    try {
      Response response = request.waitForResponse(patienceMillis);
      if (response == null) {
        request.cancel();
      }
      return response;
    } catch (InterruptedException e) {
      request.cancel();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private synchronized CoapEndpoint opened() throws IOException {
    CoapEndpoint open = endpoint;
    if (open == null) {
      open =
          access
              .endpoint()
              .setCoapStackFactory((protocol, tag, config, out, custom) -> stack(tag, config, out))
              .build();
      open.start();
      endpoint = open;
    }
    return open;
  }

  /** Ends the connection; the next fetch opens another. */
  @Override
  public synchronized void close() {
    if (endpoint != null) {
      endpoint.destroy();
      endpoint = null;
    }
  }

  private static BaseCoapStack stack(String tag, Configuration config, Outbox outbox) {
    return new Blockless(tag, config, outbox);
  }

  /** Californium's stack but for its block-wise layer, which would put bodies together itself. */
  private static final class Blockless extends BaseCoapStack {
    Blockless(String tag, Configuration config, Outbox outbox) {
      super(outbox);
      setLayers(
          new Layer[] {
            new ExchangeCleanupLayer(config), CongestionControlLayer.newImplementation(tag, config)
          });
    }
  }
}
