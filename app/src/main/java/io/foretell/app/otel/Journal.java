package io.foretell.app.otel;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import io.foretell.proto.UplinkKind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was lately seen of uplinks, in memory and bounded: a finding comes up to the lateness after
 * the uplink that it rests on, by which time only this knows when that one came.
 */
final class Journal {
  private static final int UPLINKS = 20_000;
  private static final int DEVICES = 10_000;
  private static final int UPLINKS_OF_A_DEVICE = 16;

  private final Map<Position, Instant> durable = bounded(UPLINKS);
  private final Map<DeviceId, Deque<Passed>> passed = bounded(DEVICES);

  /**
   * An uplink that went through the fold.
   *
   * @param time event time of what it said; {@link Long#MIN_VALUE} where it could not be decoded
   */
  record Passed(
      DeviceId device,
      Position position,
      UplinkKind kind,
      String via,
      int size,
      long receivedAt,
      long time,
      Instant begun,
      Instant ended) {
    boolean decoded() {
      return time != Long.MIN_VALUE;
    }
  }

  /** An uplink was on disk. */
  void durable(Position position, Instant at) {
    synchronized (durable) {
      durable.put(position, at);
    }
  }

  /** When an uplink was on disk, where this process has put it there. */
  Optional<Instant> durable(Position position) {
    synchronized (durable) {
      return Optional.ofNullable(durable.get(position));
    }
  }

  /** An uplink was folded. */
  void passed(Passed uplink) {
    of(
        uplink.device(),
        lately -> {
          lately.addLast(uplink);
          if (lately.size() > UPLINKS_OF_A_DEVICE) {
            lately.removeFirst();
          }
          return uplink;
        });
  }

  /**
   * The uplink that a finding rests on: the one whose event time is the finding's or the first
   * after it; the latest where none is.
   */
  @Nullable Passed behind(DeviceId device, long at) {
    return of(
        device,
        lately -> {
          Passed best = lately.peekLast();
          for (Passed one : lately) {
            if (one.time() >= at
                && (best == null || best.time() < at || one.time() < best.time())) {
              best = one;
            }
          }
          return best;
        });
  }

  private <T extends @Nullable Object> T of(DeviceId device, Function<Deque<Passed>, T> work) {
    synchronized (passed) {
      return work.apply(passed.computeIfAbsent(device, d -> new ArrayDeque<>()));
    }
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }
}
