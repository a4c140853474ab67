package io.foretell.gateway.coap;

import io.foretell.gateway.Identities.Verdict;
import io.foretell.gateway.Presence;
import io.foretell.proto.DeviceId;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.server.resources.CoapExchange;

/** A resource's first question: who asks; whoever it does not know gets 4.01 or the like. */
final class KnownOnly {
  private final Callers callers;
  private final Presence presence;

  KnownOnly(Callers callers, Presence presence) {
    this.callers = callers;
    this.presence = presence;
  }

  /** What a resource does for a device that is known. */
  interface Work {
    void serve(DeviceId device);
  }

  void serve(CoapExchange exchange, Work work) {
    Verdict verdict = callers.identify(exchange.advanced().getRequest());
    if (verdict instanceof Verdict.Known known) {
      presence.seen(known.device(), CoapListener.VIA);
      work.serve(known.device());
    } else {
      exchange.respond(Answers.refusal(((Verdict.Refused) verdict).reason()));
    }
  }

  /** A part of the tree that answers nothing itself and is listed nowhere. */
  static CoapResource branch(String name) {
    return new CoapResource(name, false);
  }
}
