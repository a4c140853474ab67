package io.foretell.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.diagnostics.episodes.Episode;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.gateway.Downlink;
import io.foretell.gateway.Presence;
import io.foretell.gateway.identity.NewDevice;
import io.foretell.gateway.identity.Registry;
import io.foretell.ingest.history.AgeingHistory;
import io.foretell.ingest.history.Bucket;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.History;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.ReasonCode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One device: registration, state, samples, faults, commands. */
final class DeviceApi {
  private static final long COMMAND_SECONDS = 3_600;
  private static final long PATIENCE_SECONDS = 10;

  private final Registry registry;
  private final IdentityApi identity;
  private final FleetView fleet;
  private final Presence presence;
  private final DeviceStates states;
  private final AgeingHistory history;
  private final Downlink downlink;
  private final Lane<Command> commands;
  private final ModelDecoding decoding;
  private final InstantSource clock;

  DeviceApi(
      Registry registry,
      FleetView fleet,
      Presence presence,
      DeviceStates states,
      AgeingHistory history,
      Downlink downlink,
      Lane<Command> commands,
      ModelDecoding decoding,
      InstantSource clock) {
    this.registry = registry;
    this.identity = new IdentityApi(registry);
    this.fleet = fleet;
    this.presence = presence;
    this.states = states;
    this.history = history;
    this.downlink = downlink;
    this.commands = commands;
    this.decoding = decoding;
    this.clock = clock;
  }

  void bind(Routes routes) {
    routes.post("/devices", this::add);
    routes.get("/devices/{device}", this::show);
    routes.delete("/devices/{device}", this::remove);
    identity.bind(routes);
    routes.get("/devices/{device}/signals", this::latest);
    routes.get("/devices/{device}/history", this::history);
    routes.get("/devices/{device}/faults", this::faults);
    routes.get("/devices/{device}/commands", this::commands);
    routes.post("/devices/{device}/commands", this::send);
  }

  private Object add(Call call) {
    JsonNode body = call.body();
    Map<String, String> labels = new LinkedHashMap<>();
    body.path("labels")
        .fields()
        .forEachRemaining(e -> labels.put(e.getKey(), e.getValue().asText()));
    String id = call.required("id");
    DeviceId device = id.contains("@") ? DeviceId.parse(id) : new DeviceId(call.tenant(), id);
    NewDevice wanted =
        new NewDevice(device, call.optional("model", ""), call.optional("hardware", ""), labels);
    return new Routes.Reply(201, identity.add(call, wanted));
  }

  private DeviceId known(Call call) {
    DeviceId device = call.device();
    if (registry.find(device).isEmpty()) {
      throw new InvalidInputException(ReasonCode.NOT_FOUND, "no device " + device);
    }
    return device;
  }

  private Object show(Call call) {
    DeviceId id = call.device();
    FleetView.Row row =
        fleet.of(
            registry
                .find(id)
                .orElseThrow(
                    () -> new InvalidInputException(ReasonCode.NOT_FOUND, "no device " + id)));
    Map<String, Object> shape = FleetApi.summary(row);
    shape.put("registeredAt", row.device().registeredAt());
    presence.of(id).ifPresent(status -> shape.put("presence", presence(status)));
    shape.put("signals", history.signals(id));
    decoding
        .manifest(id)
        .ifPresent(
            by -> shape.put("decoder", Map.of("manifest", by.name(), "version", by.version())));
    states.stream(id)
        .ifPresent(
            stream -> {
              Map<String, Object> counted = new LinkedHashMap<>();
              counted.put("stored", stream.stored());
              counted.put("rejected", stream.rejected());
              counted.put("missing", stream.missing());
              counted.put("lastEventTime", stream.lastEventTime());
              shape.put("stream", counted);
            });
    return shape;
  }

  private static Map<String, Object> presence(Presence.Status status) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("online", status.online());
    shape.put("since", status.since());
    shape.put("via", status.via());
    shape.put("reason", status.reason());
    return shape;
  }

  private @Nullable Object remove(Call call) {
    registry.remove(known(call));
    return null;
  }

  private Object latest(Call call) {
    return Map.of("items", history.latest(known(call)));
  }

  private Object history(Call call) {
    DeviceId device = known(call);
    long since = call.number("since", 0);
    long until = call.number("until", Long.MAX_VALUE);
    int limit = call.limit(10_000);
    Optional<String> signal = call.query("signal");
    List<Map<String, Object>> samples = new ArrayList<>();
    for (String name : signal.isPresent() ? List.of(signal.get()) : history.signals(device)) {
      Map<Long, Bucket> buckets = new HashMap<>();
      history
          .buckets(device, name, since, until, limit)
          .forEach(bucket -> buckets.put(bucket.t(), bucket));
      for (History.Sample sample : history.read(device, name, since, until, limit)) {
        samples.add(Shapes.sample(sample, Optional.ofNullable(buckets.get(sample.t()))));
      }
    }
    return Map.of("items", samples);
  }

  private Object faults(Call call) {
    DeviceId device = known(call);
    List<Episode> episodes =
        states
            .diagnosis(device)
            .map(state -> new ArrayList<>(state.episodes()))
            .orElseGet(ArrayList::new);
    episodes.sort(Comparator.comparing(Episode::severity).reversed());
    List<Map<String, Object>> items = new ArrayList<>();
    episodes.forEach(e -> items.add(Shapes.episode(device, e)));
    if (call.query("healed").orElse("").equals("true")) {
      states
          .diagnosis(device)
          .ifPresent(state -> state.healed().forEach(h -> items.add(Shapes.healed(device, h))));
    }
    return Map.of("items", items);
  }

  private Object commands(Call call) {
    DeviceId device = known(call);
    return Map.of(
        "items", downlink.recent(device, call.limit(50)).stream().map(Shapes::command).toList());
  }

  private Object send(Call call) {
    DeviceId device = known(call);
    JsonNode body = call.body();
    JsonNode arguments = body.path("arguments");
    if (!arguments.isMissingNode() && !arguments.isObject()) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "arguments is no JSON object");
    }
    long seconds = body.path("expiresIn").asLong(COMMAND_SECONDS);
    if (seconds < 1) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "expiresIn must be 1 or more");
    }
    List<String> preconditions = new ArrayList<>();
    body.path("preconditions").forEach(p -> preconditions.add(p.asText()));
    long now = clock.millis();
    Command command =
        new Command(
            UUID.randomUUID().toString(),
            call.required("verb"),
            arguments.isObject() ? arguments.toString() : "{}",
            now,
            now + seconds * 1000,
            preconditions,
            "user:" + call.optional("by", "api"));
    durably(device, command, now);
    return new Routes.Reply(
        202, Shapes.command(new Downlink.Tracked(device, command, Downlink.State.QUEUED, now, "")));
  }

  private void durably(DeviceId device, Command command, long now) {
    try {
      commands
          .append(device, now, command)
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new LaneUnavailableException("the command could not be made durable", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaneUnavailableException("interrupted", e);
    }
  }
}
