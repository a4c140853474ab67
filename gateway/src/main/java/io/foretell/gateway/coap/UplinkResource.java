package io.foretell.gateway.coap;

import io.foretell.gateway.Door;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;

/**
 * Where devices post: hands the message to the door and answers 2.04 when it is on disk; 5.03 with
 * Max-Age (RFC 7252 section 5.9.3.4) where too many wait already. Takes every path below its own;
 * the door says which are routes.
 */
final class UplinkResource extends CoapResource {
  private static final byte[] NOTHING = {};

  private final KnownOnly known;
  private final Door door;
  private final Admission admission;

  UplinkResource(String name, boolean listed, KnownOnly known, Door door, Admission admission) {
    super(name, listed);
    this.known = known;
    this.door = door;
    this.admission = admission;
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
          if (admission.enter()) {
            take(exchange, device);
          } else {
            exchange.respond(Answers.refusal(ReasonCode.OVERLOADED));
          }
        });
  }

  private void take(CoapExchange exchange, DeviceId device) {
    byte[] payload = exchange.getRequestPayload();
    var unused =
        door.take(
                device,
                "/" + exchange.getRequestOptions().getUriPathString(),
                ContentFormats.type(exchange.getRequestOptions().getContentFormat()),
                CoapListener.VIA,
                payload == null ? NOTHING : payload)
            .thenAccept(
                receipt -> {
                  admission.leave();
                  exchange.respond(Answers.to(receipt));
                });
  }
}
