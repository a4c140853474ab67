package io.foretell.gateway.coap;

import io.foretell.gateway.Identities;
import java.net.InetSocketAddress;
import java.util.Arrays;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.NullUnmarked;

/** Gives the DTLS handshake the pre-shared key of a device; none where there is none. */
@NullUnmarked
final class PskKeys implements AdvancedPskStore {
  private final Identities identities;

  PskKeys(Identities identities) {
    this.identities = identities;
  }

  @Override
  public boolean hasEcdhePskSupported() {
    return true;
  }

  @Override
  public PskSecretResult requestPskSecretResult(
      ConnectionId connection,
      ServerNames serverName,
      PskPublicInformation identity,
      String hmacAlgorithm,
      SecretKey otherSecret,
      byte[] seed,
      boolean useExtendedMasterSecret) {
    SecretKey key =
        identities.presharedKey(identity.getPublicInfoAsString()).map(PskKeys::key).orElse(null);
    return new PskSecretResult(connection, identity, key);
  }

  @Override
  public PskPublicInformation getIdentity(InetSocketAddress peer, ServerNames virtualHost) {
    return null;
  }

  @Override
  public void setResultHandler(HandshakeResultHandler resultHandler) {
    // every answer is given at once
  }

  private static SecretKey key(byte[] bytes) {
    SecretKey key = new SecretKeySpec(bytes, PskSecretResult.ALGORITHM_PSK);
    Arrays.fill(bytes, (byte) 0);
    return key;
  }
}
