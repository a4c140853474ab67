package io.foretell.app.erasure;

import io.foretell.ingest.engine.kafka.LaneKey;
import io.foretell.proto.DeviceId;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keys in memory, no more than so many: to seal by, to open by, and those that are destroyed. */
final class Remembered {
  private final int most;
  private final Map<DeviceId, LaneKey> sealing = new ConcurrentHashMap<>();
  private final Map<UUID, LaneKey> opening = new ConcurrentHashMap<>();
  private final Set<UUID> destroyed = ConcurrentHashMap.newKeySet();
  private Set<UUID> retired = Set.of();

  Remembered(int most) {
    this.most = most;
  }

  @Nullable LaneKey sealing(DeviceId device) {
    return sealing.get(device);
  }

  @Nullable LaneKey opening(UUID id) {
    return opening.get(id);
  }

  boolean destroyed(UUID id) {
    return destroyed.contains(id);
  }

  void put(LaneKey key, boolean seals) {
    bound(opening.keySet());
    opening.put(key.id(), key);
    if (seals) {
      bound(sealing.keySet());
      sealing.put(key.device(), key);
    }
  }

  // Any eighth goes: whoever is needed is read again, and to keep an order would cost every
  // message.
  private void bound(Set<?> keys) {
    if (keys.size() < most) {
      return;
    }
    Iterator<?> each = keys.iterator();
    for (int i = 0; i <= most / 8 && each.hasNext(); i++) {
      each.next();
      each.remove();
    }
  }

  /** The device's next entry is not sealed by a key of now. */
  void forget(DeviceId device) {
    sealing.remove(device);
  }

  /** It is to be read again. */
  void forget(LaneKey key) {
    opening.remove(key.id());
    sealing.remove(key.device(), key);
  }

  void destroy(UUID id) {
    LaneKey known = opening.remove(id);
    if (known != null) {
      sealing.remove(known.device(), known);
    }
    bound(destroyed);
    destroyed.add(id);
  }

  /**
   * Takes in which keys are retired now; those that were and are not are destroyed.
   *
   * @param missed it was not asked for so long that some may have come and gone
   */
  synchronized void retired(Set<UUID> now, boolean missed) {
    if (missed) {
      sealing.clear();
      opening.clear();
    }
    if (!now.isEmpty()) {
      sealing.values().removeIf(key -> now.contains(key.id()));
    }
    for (UUID id : retired) {
      if (!now.contains(id)) {
        destroy(id);
      }
    }
    retired = Set.copyOf(now);
  }
}
