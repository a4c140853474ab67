package io.foretell.gateway.coap;

import io.foretell.gateway.Door;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;

/**
 * Where devices post: hands the message to the door and answers 2.04 when it is on disk. Takes
 * every path below its own; the door says which are routes.
 */
final class UplinkResource extends CoapResource {
  private static final byte[] NOTHING = {};

  private final KnownOnly known;
  private final Door door;

  UplinkResource(String name, boolean listed, KnownOnly known, Door door) {
    super(name, listed);
    this.known = known;
    this.door = door;
    if (listed) {
      getAttributes().addResourceType("foretell." + name);
    }
  }

  @Override
  public Resource getChild(String name) {
    return this;
  }

  @Override
  public void handlePOST(CoapExchange exchange) {
    known.serve(
        exchange,
        device -> {
          byte[] payload = exchange.getRequestPayload();
          door.take(
                  device,
                  "/" + exchange.getRequestOptions().getUriPathString(),
                  ContentFormats.type(exchange.getRequestOptions().getContentFormat()),
                  CoapListener.VIA,
                  payload == null ? NOTHING : payload)
              .thenAccept(receipt -> exchange.respond(Answers.to(receipt)));
        });
  }
}
