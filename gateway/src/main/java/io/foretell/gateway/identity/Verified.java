package io.foretell.gateway.identity;

import io.foretell.proto.DeviceId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was verified lately, so that the hot path does not ask the database: at most a set number of
 * facts, the least used leave first, each for a set time (another server on the same database may
 * revoke).
 *
 * <p>A fact that was read before a revocation must not be kept after it: a reader takes the {@link
 * #epoch} first, and what it then brings is dropped if anything was forgotten meanwhile.
 */
final class Verified<K> {
  private final long lifetime;
  private final Map<K, Fact> facts;
  private long epoch;

  Verified(int capacity, long lifetimeMillis) {
    this.lifetime = lifetimeMillis;
    this.facts =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Fact> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized long epoch() {
    return epoch;
  }

  synchronized Optional<DeviceId> get(K key, long now) {
    Fact fact = facts.get(key);
    if (fact == null) {
      return Optional.empty();
    }
    if (now >= fact.until) {
      facts.remove(key);
      return Optional.empty();
    }
    return Optional.of(fact.device);
  }

  synchronized void keep(K key, DeviceId device, long now, long epochBefore) {
    if (epochBefore == epoch) {
      facts.put(key, new Fact(device, now + lifetime));
    }
  }

  /** Drops every fact about a device, as key or as value. */
  synchronized void forget(DeviceId device) {
    epoch++;
    new HashMap<>(facts)
        .forEach(
            (key, fact) -> {
              if (fact.device.equals(device) || key.equals(device)) {
                facts.remove(key);
              }
            });
  }

  /** Drops every fact. */
  synchronized void forgetAll() {
    epoch++;
    facts.clear();
  }

  private record Fact(DeviceId device, long until) {}
}
