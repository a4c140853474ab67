package io.foretell.gateway.coap;

import io.foretell.gateway.Identities;
import io.foretell.proto.DeviceId;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.NullUnmarked;

/**
 * Gives the DTLS handshake the pre-shared key of a device; none where there is none.
 *
 * <p>While a rotation is under way a device has two keys, and DTLS 1.2 wants one before the client
 * shows which it has (RFC 4279 section 2). The older is tried first; a handshake that comes to no
 * end lets the next one try the other. So a rotation costs a device one handshake at most: when it
 * changes keys.
 */
@NullUnmarked
final class PskKeys implements AdvancedPskStore {
  private static final int MOST_TURNS = 10_000;

  private final Identities identities;
  private final Map<String, Turn> turns =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Turn> eldest) {
          return size() > MOST_TURNS;
        }
      };

  /** Which key comes next, and whether the last one given has not proved good. */
  private record Turn(int key, boolean open) {}

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
    long now = System.nanoTime();
    String name = identity.getPublicInfoAsString();
    List<byte[]> keys = identities.presharedKeys(name);
    if (keys.isEmpty()) {
      return new PskSecretResult(connection, identity, null);
    }
    DeviceId device = DeviceId.parse(name);
    int chosen = keys.size() == 1 ? 0 : choose(device);
    SecretKey key = new SecretKeySpec(keys.get(chosen), PskSecretResult.ALGORITHM_PSK);
    keys.forEach(bytes -> Arrays.fill(bytes, (byte) 0));
    Proof proof = new Proof(device, now, chosen);
    return new PskSecretResult(connection, identity, key, proof);
  }

  @Override
  public PskPublicInformation getIdentity(InetSocketAddress peer, ServerNames virtualHost) {
    return null;
  }

  @Override
  public void setResultHandler(HandshakeResultHandler resultHandler) {
    // every answer is given at once
  }

  /** A handshake has come to its end with the key that it was given. */
  void proved(Proof proof) {
    synchronized (turns) {
      turns.computeIfPresent(
          proof.device().toString(), (device, turn) -> new Turn(proof.psk(), false));
    }
  }

  private int choose(DeviceId device) {
    synchronized (turns) {
      Turn last = turns.get(device.toString());
      int key = last == null ? 0 : last.open() ? 1 - last.key() : last.key();
      turns.put(device.toString(), new Turn(key, true));
      return key;
    }
  }
}
