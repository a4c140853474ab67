package io.foretell.gateway.coap;

import java.net.InetSocketAddress;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.serialization.DataSerializer;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eclipse.californium.elements.util.DatagramWriter;

/**
 * A layer that keeps the server from being turned against others (RFC 9175 section 2.4, RFC 7252
 * section 11.3): to an address that may be forged goes at most three times what came from it. Where
 * an answer would be longer, the peer gets 4.01 with an Echo option instead, and asks again with
 * that. Whoever asks for less than an Echo needs gets the bare code. Observers, to whom the server
 * sends on its own, are proven before the first notification (see {@link CommandResource}).
 */
final class AddressGuard extends AbstractLayer {
  static final int FACTOR = 3;

  private static final int HEADER = 4;

  /** What OSCORE adds below this layer: its option, the code and the tag (RFC 8613 section 7). */
  private static final int PROTECTION = 32;

  private final Echo echo;
  private final ProvenAddresses proven;

  AddressGuard(Echo echo, ProvenAddresses proven) {
    this.echo = echo;
    this.proven = proven;
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    InetSocketAddress peer = request.getSourceContext().getPeerAddress();
    if (echo.answered(request, peer)) {
      proven.add(peer);
    }
    super.receiveRequest(exchange, request);
  }

  @Override
  public void sendResponse(Exchange exchange, Response response) {
    Request request = exchange.getCurrentRequest();
    InetSocketAddress peer = request.getSourceContext().getPeerAddress();
    if (response.isNotification() || proven.has(peer) || fits(exchange, request, response)) {
      super.sendResponse(exchange, response);
      return;
    }
    Response challenge = Response.createResponse(request, ResponseCode.UNAUTHORIZED);
    echo.challenge(challenge, peer);
    super.sendResponse(
        exchange,
        fits(exchange, request, challenge)
            ? challenge
            : Response.createResponse(request, response.getCode()));
  }

  private static boolean fits(Exchange exchange, Request request, Response response) {
    byte[] raw = request.getBytes();
    int came = raw == null ? size(request) : raw.length;
    int protection = exchange.getCryptographicContextID() == null ? 0 : PROTECTION;
    return size(response) + protection + request.getToken().length()
        <= FACTOR * Math.max(came, HEADER);
  }

  /** Without its token. */
  private static int size(Message message) {
    DatagramWriter writer = new DatagramWriter();
    DataSerializer.serializeOptionsAndPayload(writer, message.getOptions(), message.getPayload());
    return HEADER + writer.toByteArray().length;
  }
}
