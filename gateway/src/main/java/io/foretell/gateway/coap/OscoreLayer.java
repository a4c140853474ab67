package io.foretell.gateway.coap;

import io.foretell.gateway.coap.OscoreContexts.Held;
import io.foretell.gateway.coap.OscoreContexts.Window;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eclipse.californium.elements.util.Bytes;
import org.eclipse.californium.oscore.CoapOSException;
import org.eclipse.californium.oscore.OSException;
import org.eclipse.californium.oscore.OscoreOptionDecoder;
import org.eclipse.californium.oscore.RequestDecryptor;
import org.eclipse.californium.oscore.ResponseEncryptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Design note. Californium's own layer keeps contexts by token, but tokens are chosen by clients, and
 * two devices may choose the same; and it moves the replay window before it has verified a message,
 * so that a forged one would lock its device out. Hence a layer of our own around Californium's
 * cryptography: the context goes with the exchange, and the window is put back where a message does
 * not verify. It sits above the reliability layer, which thereby answers repeated datagrams itself.
 */
/**
 * OSCORE (RFC 8613) for devices: opens requests and protects their answers.
 *
 * <p>After a start the server does not know which sequence numbers a device has used. So the first
 * request of a context is answered 4.01 with an Echo option, and only a request that brings it back
 * is done (RFC 8613 appendix B.1.2); from there the replay window holds.
 *
 * <p>An answer is protected with its request's nonce, so a request has one answer: Observe is taken
 * as if it were absent, as RFC 7641 section 4.1 allows, and devices poll for commands. Bodies in
 * blocks are protected block by block (inner block-wise); outer blocks are refused.
 */
final class OscoreLayer extends AbstractLayer {
  private static final Logger log = LoggerFactory.getLogger(OscoreLayer.class);

  /** As many bytes of a Partial IV as fit Californium's sequence numbers. */
  private static final int LONGEST_IV = 4;

  private final OscoreContexts contexts;
  private final Echo echo;
  private final Map<Exchange, Opened> opened = Collections.synchronizedMap(new WeakHashMap<>());

  /** What an exchange's request was opened with. */
  private record Opened(Held held, int sequence) {}

  /** The OSCORE option of a request; decryption changes the request's own. */
  private record Head(byte[] option, int sequence) {}

  OscoreLayer(OscoreContexts contexts, Echo echo) {
    this.contexts = contexts;
    this.echo = echo;
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    byte[] option = request.getOptions().getOscore();
    if (option == null || request.isDuplicate()) {
      super.receiveRequest(exchange, request);
      return;
    }
    OscoreOptionDecoder head;
    try {
      head = new OscoreOptionDecoder(option);
    } catch (CoapOSException e) {
      refuse(exchange, request, ResponseCode.BAD_OPTION);
      return;
    }
    byte[] iv = head.getPartialIV();
    boolean blocks = request.getOptions().hasBlock1() || request.getOptions().hasBlock2();
    if (iv == null || iv.length > LONGEST_IV || head.getSequenceNumber() < 0 || blocks) {
      refuse(exchange, request, ResponseCode.BAD_OPTION);
      return;
    }
    List<Held> candidates =
        Arrays.equals(head.getKid(), OscoreContexts.DEVICE)
            ? contexts.find(head.getIdContext())
            : List.of();
    if (candidates.isEmpty()) {
      refuse(exchange, request, ResponseCode.UNAUTHORIZED);
      return;
    }
    Head sent = new Head(option, head.getSequenceNumber());
    Result result = open(exchange, request, sent, candidates);
    if (result == Result.UNREADABLE) {
      result = open(exchange, request, sent, contexts.findAgain(head.getIdContext()));
    }
    switch (result) {
      case GOOD -> super.receiveRequest(exchange, exchange.getRequest());
      case CHALLENGED -> {}
      case REPLAYED -> refuse(exchange, request, ResponseCode.UNAUTHORIZED);
      case UNREADABLE -> refuse(exchange, request, ResponseCode.BAD_REQUEST);
    }
  }

  /** What came of opening a request. */
  private enum Result {
    GOOD,
    CHALLENGED,
    REPLAYED,
    UNREADABLE
  }

  private Result open(Exchange exchange, Request request, Head head, List<Held> candidates) {
    for (Held held : candidates) {
      synchronized (held) {
        Window before = held.window();
        try {
          Request inner = RequestDecryptor.decrypt(NoContexts.NONE, request, held.context);
          return opened(exchange, inner, head, held, before);
        } catch (CoapOSException e) {
          held.restore(before);
          if (e.getResponseCode() == ResponseCode.UNAUTHORIZED) {
            return Result.REPLAYED;
          }
        } catch (RuntimeException e) {
          // Boundary: what the library cannot read costs its sender this request.
          held.restore(before);
          log.debug("an OSCORE request that cannot be read: {}", e.toString());
        }
      }
    }
    return Result.UNREADABLE;
  }

  private Result opened(Exchange exchange, Request inner, Head head, Held held, Window before) {
    exchange.setCryptographicContextID(head.option());
    inner.getOptions().setOscore(Bytes.EMPTY);
    inner.getOptions().removeObserve();
    exchange.setRequest(inner);
    opened.put(exchange, new Opened(held, head.sequence()));
    if (fresh(held, inner, before, head.sequence())) {
      return Result.GOOD;
    }
    challenge(exchange, inner, held);
    return Result.CHALLENGED;
  }

  private boolean fresh(Held held, Request inner, Window before, int sequence) {
    if (held.isFresh()) {
      return true;
    }
    if (echo.answered(inner, subject(held))) {
      held.freshFrom(sequence);
      return true;
    }
    held.restore(before);
    return false;
  }

  private void challenge(Exchange exchange, Request inner, Held held) {
    Response challenge = Response.createResponse(inner, ResponseCode.UNAUTHORIZED);
    echo.challenge(challenge, subject(held));
    sendResponse(exchange, challenge);
  }

  /** It names the context itself: after a rotation or a restart an old Echo is of no use. */
  private static String subject(Held held) {
    return "oscore " + held.device + " " + System.identityHashCode(held);
  }

  @Override
  public void sendResponse(Exchange exchange, Response response) {
    Opened with = opened.get(exchange);
    if (exchange.getCryptographicContextID() == null || with == null) {
      super.sendResponse(exchange, response);
      return;
    }
    try {
      Response sealed;
      synchronized (with.held()) {
        sealed =
            ResponseEncryptor.encrypt(
                NoContexts.NONE, response, with.held().context, false, false, with.sequence());
      }
      exchange.setResponse(sealed);
      super.sendResponse(exchange, sealed);
    } catch (OSException e) {
      log.warn("an answer to {} cannot be protected: {}", with.held().device, e.getMessage());
    }
  }

  /** Unprotected, because nobody has shown who asks (RFC 8613 section 8.2). */
  private void refuse(Exchange exchange, Request request, ResponseCode code) {
    Response refusal = Response.createResponse(request, code);
    refusal.getOptions().setMaxAge(0);
    super.sendResponse(exchange, refusal);
  }
}
