package io.foretell.gateway;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Presence from what is really there: open connections first, signs of life where a device has
 * none. A device with a connection is online until the last one ends, whatever it says meanwhile; a
 * device that only sends over HTTP or CoAP is online until it has been silent for a set time.
 */
public final class LivePresence implements Presence {
  /** How long a device without a connection counts as present after its last message. */
  public static final Duration DEFAULT_SILENCE = Duration.ofMinutes(15);

  /** The protocol whose connections are reported one by one, so that messages prove nothing. */
  private static final String CONNECTED_VIA = "mqtt";

  private static final Logger log = LoggerFactory.getLogger(LivePresence.class);

  private final Lane<Uplink> uplinks;
  private final InstantSource clock;
  private final long silence;
  private final ConcurrentHashMap<DeviceId, Life> lives = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<Consumer<Status>> listeners = new CopyOnWriteArrayList<>();
  private final LongAdder recorded = new LongAdder();

  /**
   * @param uplinks where each change is appended
   * @param silence after which a device without connections counts as gone
   */
  public LivePresence(Lane<Uplink> uplinks, Duration silence, InstantSource clock) {
    this.uplinks = uplinks;
    this.silence = silence.toMillis();
    this.clock = clock;
  }

  /**
   * Calls {@code listener} at each change, on the thread that noticed it; it must return at once.
   * That a device opens an MQTT connection while it was there without one is a change as well,
   * which is not appended.
   *
   * @return closes the subscription
   */
  public AutoCloseable onChange(Consumer<Status> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** How many changes were appended and made durable: the door's stored + these = the lane's. */
  public long recorded() {
    return recorded.sum();
  }

  @Override
  public void arrived(DeviceId device, String via, String connection) {
    life(device).arrived(via, connection, clock.millis());
  }

  @Override
  public void seen(DeviceId device, String via) {
    life(device).seen(via, clock.millis());
  }

  @Override
  public void left(DeviceId device, String via, String connection, String reason) {
    Life known = lives.get(device);
    if (known != null) {
      known.left(via, connection, reason, clock.millis());
    }
  }

  /**
   * Ends the presence of devices that have no connection and were silent for too long. The owner
   * calls it about once a minute.
   *
   * @param now ms since 1970
   */
  public void expire(long now) {
    lives.values().forEach(life -> life.expire(now));
  }

  @Override
  public Optional<Status> of(DeviceId device) {
    return Optional.ofNullable(lives.get(device)).map(Life::status);
  }

  @Override
  public List<Status> all(String tenant) {
    return lives.values().stream()
        .filter(life -> life.device.tenant().equals(tenant))
        .map(Life::status)
        .toList();
  }

  /** All devices, of any tenant, that are there. */
  public List<Status> present() {
    return lives.values().stream().map(Life::status).filter(Status::online).toList();
  }

  /** All devices that it has seen, of any tenant, whether they are there or not. */
  public List<DeviceId> devices() {
    return List.copyOf(lives.keySet());
  }

  /** Records in the device's history that it went, as another process had seen it come. */
  public void record(Status status) {
    append(status);
  }

  /** Forgets a device that has no connection. */
  public void forget(DeviceId device) {
    lives.computeIfPresent(device, (id, life) -> life.connected() ? life : null);
  }

  /** Forgets a device that was erased; that its connections end then is recorded nowhere. */
  public void drop(DeviceId device) {
    lives.remove(device);
  }

  private Life life(DeviceId device) {
    Life known = lives.get(device);
    return known != null ? known : lives.computeIfAbsent(device, Life::new);
  }

  private void append(Status status) {
    byte[] payload = json(status).getBytes(StandardCharsets.UTF_8);
    Uplink uplink =
        new Uplink(UplinkKind.PRESENCE, status.since(), "application/json", "gateway", payload);
    try {
      uplinks
          .append(status.device(), status.since(), uplink)
          .whenComplete(
              (position, failure) -> {
                if (failure == null) {
                  recorded.increment();
                } else {
                  log.warn(
                      "presence of {} not recorded: {}", status.device(), failure.getMessage());
                }
              });
    } catch (LaneUnavailableException e) {
      log.warn("presence of {} not recorded: {}", status.device(), e.getMessage());
    }
  }

  private static String json(Status status) {
    return "{\"online\":"
        + status.online()
        + ",\"via\":\""
        + escaped(status.via())
        + "\",\"reason\":\""
        + escaped(status.reason())
        + "\"}";
  }

  /** RFC 8259 section 7. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** One device's connections and last sign of life. */
  private final class Life {
    private final DeviceId device;
    private final Map<String, String> connections = new HashMap<>();
    private volatile long lastSeen;
    private volatile boolean online;
    private long since;
    private String via = "";
    private String reason = "";

    Life(DeviceId device) {
      this.device = device;
    }

    synchronized void arrived(String by, String connection, long now) {
      lastSeen = now;
      connections.put(by + "/" + connection, by);
      if (!online) {
        change(true, by, "connected", now);
      } else if (by.equals(CONNECTED_VIA) && !via.equals(CONNECTED_VIA)) {
        // It was there already; but whoever wants its connections ended must know of this one.
        via = by;
        reason = "connected";
        tell();
      }
    }

    private void tell() {
      Status status = status();
      listeners.forEach(listener -> listener.accept(status));
    }

    void seen(String by, long now) {
      lastSeen = now;
      if (!online && !by.equals(CONNECTED_VIA)) {
        revive(by, now);
      }
    }

    private synchronized void revive(String by, long now) {
      if (!online) {
        change(true, by, "message", now);
      }
    }

    synchronized void left(String by, String connection, String why, long now) {
      boolean was = connections.remove(by + "/" + connection) != null;
      if (was && connections.isEmpty() && online) {
        change(false, by, why, now);
      }
    }

    void expire(long now) {
      if (online && now - lastSeen >= silence) {
        expireNow(now);
      }
    }

    private synchronized void expireNow(long now) {
      if (online && connections.isEmpty() && now - lastSeen >= silence) {
        change(false, via, "silent", now);
      }
    }

    /** Under the lock, so that the lane has a device's changes in the order in which they came. */
    private void change(boolean nowOnline, String by, String why, long now) {
      online = nowOnline;
      since = now;
      via = by;
      reason = why;
      append(status());
      tell();
    }

    synchronized boolean connected() {
      return !connections.isEmpty();
    }

    synchronized Status status() {
      return new Status(device, online, since, lastSeen, via, reason);
    }
  }
}
