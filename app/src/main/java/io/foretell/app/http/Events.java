package io.foretell.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.foretell.proto.DeviceId;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells everyone who listens what happens, as server-sent events. A listener that does not read
 * fast enough misses events rather than holding the server up; the next one tells it how many.
 */
public final class Events {
  private static final Logger log = LoggerFactory.getLogger(Events.class);
  private static final long HEARTBEAT_MILLIS = 15_000;

  private final Vertx vertx;
  private final ObjectMapper json;
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
  private final AtomicLong lastId = new AtomicLong();

  Events(Vertx vertx, ObjectMapper json) {
    this.vertx = vertx;
    this.json = json;
    vertx.setPeriodic(HEARTBEAT_MILLIS, timer -> listeners.forEach(l -> l.send(": alive\n\n")));
  }

  /** Whether anyone wants the samples of a device. */
  public boolean wanted(DeviceId device) {
    for (Listener listener : listeners) {
      if (listener.device.isPresent() && listener.device.get().equals(device)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Tells of something that happened to a device.
   *
   * @param type {@code ticket}, {@code finding}, {@code campaign}, {@code presence}, {@code
   *     command}; {@code signals} goes only to those who listen to this device alone
   */
  public void tell(String type, DeviceId device, Object what) {
    tell(type, device.tenant(), Optional.of(device), what);
  }

  /** Tells of something that happened to a tenant. */
  public void tell(String type, String tenant, Object what) {
    tell(type, tenant, Optional.empty(), what);
  }

  private void tell(String type, String tenant, Optional<DeviceId> device, Object what) {
    if (listeners.isEmpty()) {
      return;
    }
    String event;
    try {
      event =
          "id: "
              + lastId.incrementAndGet()
              + "\nevent: "
              + type
              + "\ndata: "
              + json.writeValueAsString(what)
              + "\n\n";
    } catch (JsonProcessingException e) {
      log.warn("an event of type {} cannot be written: {}", type, e.getOriginalMessage());
      return;
    }
    for (Listener listener : listeners) {
      if (listener.wants(type, tenant, device)) {
        listener.send(event);
      }
    }
  }

  /** Opens the stream for a caller. */
  void open(RoutingContext routing, Call call) {
    Optional<DeviceId> device =
        call.query("device")
            .map(d -> d.contains("@") ? DeviceId.parse(d) : new DeviceId(call.tenant(), d));
    HttpServerResponse response = routing.response();
    response
        .setChunked(true)
        .putHeader("content-type", "text/event-stream")
        .putHeader("cache-control", "no-store")
        // A compressed stream would be held back until its buffer is full.
        .putHeader("content-encoding", "identity");
    Listener listener = new Listener(vertx.getOrCreateContext(), response, call.tenant(), device);
    listeners.add(listener);
    response.closeHandler(closed -> listeners.remove(listener));
    response.exceptionHandler(failure -> listeners.remove(listener));
    listener.send("retry: 2000\n\n");
  }

  /** How many listen. */
  public int listening() {
    return listeners.size();
  }

  private record Listener(
      Context context,
      HttpServerResponse response,
      String tenant,
      Optional<DeviceId> device,
      AtomicLong missed) {
    Listener(
        Context context, HttpServerResponse response, String tenant, Optional<DeviceId> device) {
      this(context, response, tenant, device, new AtomicLong());
    }

    boolean wants(String type, String ofTenant, Optional<DeviceId> ofDevice) {
      if (!tenant.equals(ofTenant)) {
        return false;
      }
      return device.isEmpty() ? !type.equals("signals") : device.equals(ofDevice);
    }

    void send(String text) {
      context.runOnContext(
          now -> {
            if (response.closed()) {
              return;
            }
            if (response.writeQueueFull()) {
              missed.incrementAndGet();
              return;
            }
            long n = missed.getAndSet(0);
            response.write(n == 0 ? text : "event: missed\ndata: " + n + "\n\n" + text);
          });
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
