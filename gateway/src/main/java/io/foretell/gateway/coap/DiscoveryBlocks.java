package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.DiscoveryResource;
import org.eclipse.californium.core.server.resources.Resource;

/**
 * The list of resources (RFC 6690), the one thing that strangers may ask for. A stranger's address
 * may be forged, so what it gets is less than three times what it sent (RFC 9175 section 2.4, RFC
 * 7252 section 11.3): blocks of 32 bytes.
 */
final class DiscoveryBlocks extends DiscoveryResource {
  /** SZX 1: 32 bytes. */
  private static final int STRANGERS_BLOCK = 1;

  private final Resource root;

  DiscoveryBlocks(Resource root) {
    super(root);
    this.root = root;
  }

  @Override
  public void handleGET(CoapExchange exchange) {
    Request request = exchange.advanced().getRequest();
    String list = discoverTree(root, request.getOptions().getUriQuery());
    byte[] whole = list.getBytes(UTF_8);
    boolean proven = request.getSourceContext().getPeerIdentity() != null;
    try {
      Response response =
          Blocks.answer(
              request,
              whole.length,
              proven ? Blocks.LARGEST : STRANGERS_BLOCK,
              (from, length) -> Arrays.copyOfRange(whole, (int) from, (int) from + length));
      if (response.isSuccess()) {
        response.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_LINK_FORMAT);
      }
      exchange.respond(response);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
  }
}
