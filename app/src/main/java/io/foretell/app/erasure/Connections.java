package io.foretell.app.erasure;

import io.foretell.gateway.LivePresence;
import io.foretell.gateway.Presence;
import io.foretell.gateway.identity.RegisterUnavailableException;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a device that is to be erased: at this process, and at all others where there
 * are several. Where they cannot be asked for, the device counts as connected.
 */
public final class Connections {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);
  private static final long GLANCE_MILLIS = 50;
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LivePresence here;
  private final Function<DeviceId, Optional<Presence.Status>> everywhere;
  private final Consumer<DeviceId> cut;

  /**
   * @param here what this process sees
   * @param everywhere what all processes have written down; a process that is no more counts there
   *     as one that the device has left
   * @param cut has the connections of a device ended by all processes, whose secrets are void
   */
  public Connections(
      LivePresence here,
      Function<DeviceId, Optional<Presence.Status>> everywhere,
      Consumer<DeviceId> cut) {
    this.here = here;
    this.everywhere = everywhere;
    this.cut = cut;
  }

  /** Those of an installation of one process. */
  public static Connections alone(LivePresence here) {
    return new Connections(here, device -> Optional.empty(), device -> {});
  }

  /**
   * Waits until a device whose secrets are void has no connection. The call to other processes to
   * end it may be lost, so it is repeated while one of them holds it.
   *
   * @throws LaneUnavailableException where it still has one then, or nobody knows
   */
  void awaitEnded(DeviceId device, Duration patience) {
    long begun = System.nanoTime();
    long called = begun;
    CountDownLatch never = new CountDownLatch(1);
    try {
      while (connected(device)) {
        long now = System.nanoTime();
        if (now - begun > patience.toNanos()) {
          throw new LaneUnavailableException(
              "the device is still connected, or nobody knows; try again");
        }
        if (now - called > AGAIN_NANOS && !connected(here.of(device))) {
          called = now;
          cut.accept(device);
        }
        if (never.await(GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaneUnavailableException("interrupted", e);
    }
  }

  private boolean connected(DeviceId device) {
    if (connected(here.of(device))) {
      return true;
    }
    try {
      return connected(everywhere.apply(device));
    } catch (RegisterUnavailableException e) {
      log.debug("whether a device is connected elsewhere is not known: {}", e.getMessage());
      return true;
    }
  }

  /** A device without a connection counts as there until it was silent for long. */
  private static boolean connected(Optional<Presence.Status> status) {
    return status.filter(Presence.Status::online).filter(s -> s.via().equals("mqtt")).isPresent();
  }

  /** Forgets a device that has no connection. */
  void forget(DeviceId device) {
    here.forget(device);
  }
}
