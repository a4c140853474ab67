package io.foretell.gateway;

import io.foretell.proto.Delivery;
import io.foretell.proto.DeviceId;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door in front of the lanes: routes each message, appends it as an uplink or, where it cannot
 * be one, as a reject, and gives the receipt when that is on disk.
 */
public final class LaneDoor implements Door {
  private static final Logger log = LoggerFactory.getLogger(LaneDoor.class);
  private static final int MAX_ROUTE_KEPT = 512;

  private final Lane<Uplink> uplinks;
  private final Lane<Reject> rejects;
  private final Identities identities;
  private final Presence presence;
  private final DoorLimits limits;
  private final InstantSource clock;
  private final Map<String, Optional<Route>> ownRoutes = new HashMap<>();

  private final LongAdder accepted = new LongAdder();
  private final LongAdder stored = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final EnumMap<UplinkKind, LongAdder> shed = new EnumMap<>(UplinkKind.class);
  private final Quotas quotas;
  private final Pressure pressure;
  private final EnumMap<ReasonCode, LongAdder> rejected = new EnumMap<>(ReasonCode.class);

  /**
   * @param uplinks where good messages go
   * @param rejects where the others go, with their reason
   * @param identities says which gateway speaks for which child
   * @param presence told of every message as a sign of life
   */
  public LaneDoor(
      Lane<Uplink> uplinks,
      Lane<Reject> rejects,
      Identities identities,
      Presence presence,
      DoorLimits limits,
      InstantSource clock) {
    this.uplinks = uplinks;
    this.rejects = rejects;
    this.identities = identities;
    this.presence = presence;
    this.limits = limits;
    this.clock = clock;
    this.quotas = new Quotas(limits.quotas());
    this.pressure = new Pressure(limits.maxWaiting());
    for (UplinkKind kind : UplinkKind.values()) {
      shed.put(kind, new LongAdder());
      for (String path : new String[] {"v1/" + kind.route(), "/v1/" + kind.route()}) {
        Route.parse(path).ifPresent(route -> ownRoutes.put(path, Optional.of(route)));
      }
    }
    for (ReasonCode reason : ReasonCode.values()) {
      rejected.put(reason, new LongAdder());
    }
  }

  @Override
  public CompletionStage<Receipt> take(
      DeviceId speaker, String path, String contentType, String via, byte[] payload) {
    return take(new Message(speaker, path, contentType, via, payload, Optional.empty()));
  }

  @Override
  public CompletionStage<Receipt> take(
      DeviceId speaker,
      String path,
      String contentType,
      String via,
      byte[] payload,
      Delivery delivery) {
    return take(new Message(speaker, path, contentType, via, payload, Optional.of(delivery)));
  }

  private CompletionStage<Receipt> take(Message message) {
    DeviceId speaker = message.speaker();
    byte[] payload = message.payload();
    accepted.increment();
    inFlight.increment();
    presence.seen(speaker, message.via());
    if (!quotas.admit(speaker, payload.length, clock.millis())) {
      refused.increment();
      return notTaken(ReasonCode.QUOTA_EXCEEDED, speaker + " or its tenant sends too much");
    }
    if (payload.length > limits.maxPayload()) {
      return rejectOversize(message);
    }
    Optional<Route> route = ownRoutes.get(message.path());
    if (route == null) {
      route = Route.parse(message.path());
    }
    if (route.isEmpty()) {
      return reject(
          message, ReasonCode.UNKNOWN_TOPIC, "no route: " + shortened(message.path()), payload);
    }
    UplinkKind kind = route.get().kind();
    return route
        .get()
        .child()
        .map(child -> takeForChild(message, kind, child))
        .orElseGet(() -> store(message, kind, speaker));
  }

  /** Counts since the start; see {@link DoorStats} for what must hold among them. */
  public DoorStats stats() {
    Map<ReasonCode, Long> byReason = new EnumMap<>(ReasonCode.class);
    rejected.forEach(
        (reason, count) -> {
          if (count.sum() > 0) {
            byReason.put(reason, count.sum());
          }
        });
    Map<UplinkKind, Long> shedByKind = new EnumMap<>(UplinkKind.class);
    shed.forEach(
        (kind, count) -> {
          if (count.sum() > 0) {
            shedByKind.put(kind, count.sum());
          }
        });
    return new DoorStats(
        accepted.sum(),
        stored.sum(),
        byReason,
        unavailable.sum(),
        refused.sum(),
        shedByKind,
        inFlight.sum());
  }

  @Override
  public long rest(DeviceId speaker) {
    return quotas.rest(speaker, clock.millis());
  }

  @Override
  public boolean pressed() {
    return pressure.pressed();
  }

  @Override
  public void onRelief(Runnable listener) {
    pressure.onRelief(listener);
  }

  private CompletionStage<Receipt> takeForChild(Message message, UplinkKind kind, String name) {
    DeviceId child;
    try {
      child = new DeviceId(message.speaker().tenant(), name);
    } catch (InvalidInputException e) {
      return reject(message, e.reason(), shortened(e.detail()), message.payload());
    }
    if (!identities.speaksFor(message.speaker(), child)) {
      return reject(
          message,
          ReasonCode.NOT_AUTHORISED,
          message.speaker() + " does not speak for " + child,
          message.payload());
    }
    presence.seen(child, "gateway");
    return store(message, kind, child);
  }

  /** Not on disk, and told so at once: it costs no more than it has cost until here. */
  private CompletionStage<Receipt> notTaken(ReasonCode reason, String detail) {
    unavailable.increment();
    inFlight.decrement();
    return CompletableFuture.completedFuture(new Receipt.Unavailable(reason, detail));
  }

  private CompletionStage<Receipt> store(Message message, UplinkKind kind, DeviceId key) {
    if (pressure.sheds(kind)) {
      counter(kind).increment();
      return notTaken(ReasonCode.OVERLOADED, kind.route() + " is shed");
    }
    long now = clock.millis();
    Uplink uplink =
        new Uplink(
            kind, now, message.contentType(), message.via(), message.payload(), message.delivery());
    return append(
        uplinks,
        key,
        now,
        uplink,
        message.payload().length,
        position -> {
          stored.increment();
          return new Receipt.Stored(position);
        });
  }

  private CompletionStage<Receipt> rejectOversize(Message message) {
    int length = message.payload().length;
    int kept = Math.min(length, limits.keptOfOversize());
    return reject(
        message,
        ReasonCode.TOO_LARGE,
        length
            + " bytes, the limit is "
            + limits.maxPayload()
            + "; the first "
            + kept
            + " are kept",
        Arrays.copyOf(message.payload(), kept));
  }

  private CompletionStage<Receipt> reject(
      Message message, ReasonCode reason, String detail, byte[] kept) {
    long now = clock.millis();
    Reject reject =
        new Reject(
            now,
            reason,
            detail,
            message.via(),
            shortened(message.path()),
            shortened(message.contentType()),
            kept,
            Optional.empty());
    return append(
        rejects,
        message.speaker(),
        now,
        reject,
        kept.length,
        position -> {
          counter(reason).increment();
          return new Receipt.Rejected(reason, detail);
        });
  }

  private LongAdder counter(UplinkKind kind) {
    return shed.computeIfAbsent(kind, k -> new LongAdder());
  }

  private LongAdder counter(ReasonCode reason) {
    return rejected.computeIfAbsent(reason, r -> new LongAdder());
  }

  private <T> CompletionStage<Receipt> append(
      Lane<T> lane, DeviceId key, long at, T value, int size, Function<Position, Receipt> onDisk) {
    CompletionStage<Position> appended;
    pressure.add(size);
    try {
      appended = lane.append(key, at, value);
    } catch (LaneUnavailableException e) {
      pressure.remove(size);
      return CompletableFuture.completedFuture(notOnDisk(key, e));
    }
    return appended.handle(
        (position, failure) -> {
          pressure.remove(size);
          if (position == null) {
            return notOnDisk(key, failure);
          }
          Receipt receipt = onDisk.apply(position);
          inFlight.decrement();
          return receipt;
        });
  }

  private Receipt notOnDisk(DeviceId key, @Nullable Throwable failure) {
    unavailable.increment();
    inFlight.decrement();
    String detail = failure == null ? "no position" : String.valueOf(failure.getMessage());
    log.warn("{} {}: {}", ReasonCode.STORAGE_UNAVAILABLE, key, detail);
    return new Receipt.Unavailable(ReasonCode.STORAGE_UNAVAILABLE, detail);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_ROUTE_KEPT ? text : text.substring(0, MAX_ROUTE_KEPT) + "…";
  }

  /** A message with all that was said about it. */
  private record Message(
      DeviceId speaker,
      String path,
      String contentType,
      String via,
      byte[] payload,
      Optional<Delivery> delivery) {}
}
