package io.foretell.gateway.coap;

import io.foretell.proto.DeviceId;
import java.security.Principal;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.elements.auth.AdditionalInfo;
import org.eclipse.californium.elements.auth.ExtensiblePrincipal;

/**
 * What a handshake has proved; goes with the principal of its session.
 *
 * @param device who it is
 * @param askedAt when the register was asked, {@link System#nanoTime}: a session whose device was
 *     revoked after that is void, whenever its handshake ended
 * @param psk which of several pre-shared keys it was; -1 where it was none
 */
record Proof(DeviceId device, long askedAt, int psk) {
  private static final String KEY = "proof";

  AdditionalInfo info() {
    return AdditionalInfo.from(Map.of(KEY, this));
  }

  /** The proof of a session; empty where its principal is none of ours. */
  static Optional<Proof> of(Principal principal) {
    return principal instanceof ExtensiblePrincipal<?> extensible
        ? Optional.ofNullable(extensible.getExtendedInfo().get(KEY, Proof.class))
        : Optional.empty();
  }
}
