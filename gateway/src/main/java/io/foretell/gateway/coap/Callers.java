package io.foretell.gateway.coap;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.security.Principal;
import java.util.Optional;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;

/**
 * Tells whose a request is. Under DTLS the handshake said so, and nothing in the request counts.
 * Plain CoAP has no credentials of its own: there it is the Uri-Query {@code token=}, or in the
 * sandbox {@code device=}.
 */
final class Callers {
  private static final String TOKEN = "token=";
  private static final String DEVICE = "device=";

  private final Identities identities;

  Callers(Identities identities) {
    this.identities = identities;
  }

  Verdict identify(Request request) {
    EndpointContext peer = request.getSourceContext();
    if (peer.getPeerIdentity() != null) {
      return deviceOf(peer.getPeerIdentity())
          .map(device -> (Verdict) new Verdict.Known(device))
          .orElse(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
    }
    Optional<String> token = query(request, TOKEN);
    if (token.isPresent()) {
      return identities.authenticate(new Credentials.Bearer(token.get()));
    }
    return query(request, DEVICE)
        .map(name -> new Credentials.Nothing(name, peer.getPeerAddress().getAddress()))
        .map(identities::authenticate)
        .orElse(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
  }

  /** The device that a DTLS handshake has proved; empty where it is none of ours. */
  static Optional<DeviceId> deviceOf(Principal principal) {
    if (!(principal instanceof PreSharedKeyIdentity identity)) {
      return Optional.empty();
    }
    try {
      return Optional.of(DeviceId.parse(identity.getIdentity()));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> query(Request request, String name) {
    return request.getOptions().getUriQuery().stream()
        .filter(part -> part.startsWith(name))
        .findFirst()
        .map(part -> part.substring(name.length()));
  }
}
