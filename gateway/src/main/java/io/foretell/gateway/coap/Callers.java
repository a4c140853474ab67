package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Identities.Verdict;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import java.security.Principal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.util.StringUtil;
import org.eclipse.californium.oscore.OSCoreEndpointContextInfo;

/**
 * Tells whose a request is. Under DTLS the handshake said so, under OSCORE the key that opened the
 * request, and nothing in the request counts. Plain CoAP has no credentials of its own: there it is
 * the Uri-Query {@code token=}, or in the sandbox {@code device=}.
 */
final class Callers {
  private static final String TOKEN = "token=";
  private static final String DEVICE = "device=";

  /** Sessions of before are closed by then; what could come later is a handshake under way. */
  private static final long LONGEST_HANDSHAKE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Identities identities;
  private final Map<DeviceId, Long> cuts = new ConcurrentHashMap<>();

  Callers(Identities identities) {
    this.identities = identities;
  }

  Verdict identify(Request request) {
    EndpointContext peer = request.getSourceContext();
    if (peer.getPeerIdentity() != null) {
      return Proof.of(peer.getPeerIdentity())
          .filter(proof -> holds(proof.device(), proof.askedAt()))
          .map(proof -> (Verdict) new Verdict.Known(proof.device()))
          .orElse(new Verdict.Refused(ReasonCode.NOT_AUTHENTICATED));
    }
    String oscore = peer.get(OSCoreEndpointContextInfo.OSCORE_CONTEXT_ID);
    if (oscore != null) {
      // Only a request that was opened with a device's key has it.
      String name = new String(StringUtil.hex2ByteArray(oscore), UTF_8);
      return new Verdict.Known(OscoreContexts.device(name));
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
    return Proof.of(principal).map(Proof::device);
  }

  /** From now on nothing counts that was proved of a device before. */
  void cut(DeviceId device) {
    long now = System.nanoTime();
    cuts.values().removeIf(at -> now - at > LONGEST_HANDSHAKE_NANOS);
    cuts.put(device, now);
  }

  private boolean holds(DeviceId device, long askedAt) {
    Long cut = cuts.get(device);
    return cut == null || askedAt - cut > 0;
  }

  private static Optional<String> query(Request request, String name) {
    return request.getOptions().getUriQuery().stream()
        .filter(part -> part.startsWith(name))
        .findFirst()
        .map(part -> part.substring(name.length()));
  }
}
