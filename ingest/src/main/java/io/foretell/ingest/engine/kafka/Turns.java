package io.foretell.ingest.engine.kafka;

import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Appends with the key of their device: at once where it is at hand, else in their order. */
final class Turns {
  private final LaneKeys keys;
  private final Map<DeviceId, Turn> waiting = new ConcurrentHashMap<>();

  /** What is to be appended. */
  interface Append {
    void with(LaneKey key);

    void failed(LaneUnavailableException cause);
  }

  /** Appends of one device that wait for its key. */
  private static final class Turn {
    private final Deque<Append> appends = new ArrayDeque<>();
    private boolean asked;
    private boolean over;

    /** Whether it still takes one. */
    synchronized boolean add(Append append) {
      return !over && appends.add(append);
    }

    synchronized boolean ask() {
      boolean first = !asked;
      asked = true;
      return first;
    }

    /** The next; null where it is over with the last. */
    synchronized @Nullable Append next() {
      Append next = appends.poll();
      over = next == null;
      return next;
    }
  }

  Turns(LaneKeys keys) {
    this.keys = keys;
  }

  /** Appends; does not wait. */
  void take(DeviceId device, Append append) {
    while (true) {
      LaneKey known = keys.known(device);
      if (known != null && !waiting.containsKey(device)) {
        append.with(known);
        return;
      }
      Turn turn = waiting.computeIfAbsent(device, d -> new Turn());
      if (turn.add(append)) {
        if (turn.ask()) {
          keys.of(device).whenComplete((key, failure) -> end(device, turn, key, failure));
        }
        return;
      }
      // It ended between the two; its last append is made.
      waiting.remove(device, turn);
    }
  }

  private void end(DeviceId device, Turn turn, @Nullable LaneKey key, @Nullable Throwable failure) {
    for (Append next = turn.next(); next != null; next = turn.next()) {
      if (key != null) {
        next.with(key);
      } else {
        next.failed(unavailable(failure));
      }
    }
    waiting.remove(device, turn);
  }

  private static LaneUnavailableException unavailable(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof LaneUnavailableException told
        ? told
        : new LaneUnavailableException(
            "the keys of devices cannot be asked for",
            cause == null ? new IllegalStateException("no key") : cause);
  }
}
