package io.foretell.gateway.downlink;

import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.Downlink.Tracked;
import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The commands that wait or are under way, by device, in the order of their arrival. One thread
 * writes; any thread reads, and sees an unchanging list.
 */
final class Mailboxes {
  private final Map<DeviceId, List<Tracked>> byDevice = new ConcurrentHashMap<>();

  /** Takes in a command, or the change of one; one that has ended leaves. */
  void put(Tracked tracked) {
    List<Tracked> before = of(tracked.device());
    boolean known = before.stream().anyMatch(other -> same(other, tracked));
    Stream<Tracked> after =
        known
            ? before.stream().map(other -> same(other, tracked) ? tracked : other)
            : Stream.concat(before.stream(), Stream.of(tracked));
    List<Tracked> open = after.filter(other -> isOpen(other.state())).toList();
    if (open.isEmpty()) {
      byDevice.remove(tracked.device());
    } else {
      byDevice.put(tracked.device(), open);
    }
  }

  List<Tracked> of(DeviceId device) {
    return byDevice.getOrDefault(device, List.of());
  }

  Optional<Tracked> find(DeviceId device, String id) {
    return of(device).stream().filter(tracked -> tracked.command().id().equals(id)).findFirst();
  }

  void each(Consumer<Tracked> visitor) {
    byDevice.values().forEach(commands -> commands.forEach(visitor));
  }

  int size() {
    return byDevice.values().stream().mapToInt(List::size).sum();
  }

  private static boolean same(Tracked one, Tracked other) {
    return one.command().id().equals(other.command().id());
  }

  private static boolean isOpen(State state) {
    return state == State.QUEUED || state == State.DELIVERED || state == State.ACCEPTED;
  }
}
