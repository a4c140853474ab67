package io.foretell.gateway.coap;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Addresses that are known not to be forged, because something came from there that only a peer at
 * that address could know: an Echo, or the answer to a ping. Each proof is kept for ten minutes, of
 * at most {@value #MOST} addresses.
 */
final class ProvenAddresses {
  static final int MOST = 65_536;

  private static final long PROVEN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final LongSupplier nanos;
  private final Map<InetSocketAddress, Long> proven =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Long> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param nanos as {@link System#nanoTime}
   */
  ProvenAddresses(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized void add(InetSocketAddress peer) {
    proven.put(peer, nanos.getAsLong());
  }

  synchronized boolean has(InetSocketAddress peer) {
    Long since = proven.get(peer);
    return since != null && nanos.getAsLong() - since < PROVEN_NANOS;
  }
}
