package io.foretell.ingest.engine.kafka;

import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Keys of all engines of a test, as a database that may be away, or slow. */
final class MemoryKeys implements LaneKeys {
  private final Map<UUID, LaneKey> all = new ConcurrentHashMap<>();
  private final Map<DeviceId, LaneKey> sealing = new ConcurrentHashMap<>();
  private volatile boolean away;
  private volatile boolean slow;

  void away(boolean now) {
    away = now;
  }

  /** From now on no key is at hand: each is asked for beside. */
  void slow(boolean now) {
    slow = now;
  }

  int count() {
    return all.size();
  }

  @Override
  public @Nullable LaneKey known(DeviceId device) {
    return away || slow ? null : sealing.get(device);
  }

  @Override
  public CompletionStage<LaneKey> of(DeviceId device) {
    return CompletableFuture.supplyAsync(
        () -> {
          check();
          return sealing.computeIfAbsent(device, this::make);
        });
  }

  private LaneKey make(DeviceId device) {
    byte[] secret = new byte[LaneKey.BYTES];
    ThreadLocalRandom.current().nextBytes(secret);
    LaneKey made = LaneKey.of(UUID.randomUUID(), device, secret);
    all.put(made.id(), made);
    return made;
  }

  private void check() {
    if (away) {
      throw new LaneUnavailableException("away on purpose");
    }
  }

  @Override
  public Map<UUID, LaneKey> find(Collection<UUID> ids) {
    check();
    Map<UUID, LaneKey> found = new HashMap<>(all);
    found.keySet().retainAll(ids);
    return found;
  }

  @Override
  public List<LaneKey> retire(DeviceId device) {
    check();
    sealing.remove(device);
    return all.values().stream().filter(key -> key.device().equals(device)).toList();
  }

  @Override
  public void destroy(List<LaneKey> retired) {
    check();
    retired.forEach(key -> all.remove(key.id()));
  }
}
