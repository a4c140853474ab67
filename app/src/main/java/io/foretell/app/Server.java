package io.foretell.app;

import io.foretell.app.erasure.Connections;
import io.foretell.app.erasure.Erasure;
import io.foretell.app.erasure.ErasureApi;
import io.foretell.app.erasure.Export;
import io.foretell.app.http.ClaimRoute;
import io.foretell.app.http.Conservation;
import io.foretell.app.http.DeviceStates;
import io.foretell.app.http.Events;
import io.foretell.app.http.HttpApi;
import io.foretell.app.http.MetadataRoutes;
import io.foretell.app.http.Shapes;
import io.foretell.app.http.TicketApi;
import io.foretell.app.metrics.Metrics;
import io.foretell.diagnostics.DiagnosisState;
import io.foretell.firmwareota.Campaign;
import io.foretell.gateway.Presence;
import io.foretell.gateway.http.DeviceRoutes;
import io.foretell.gateway.http.HttpSettings;
import io.foretell.ingest.DeviceStream;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Finding;
import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.foretell.proto.Telemetry;
import io.foretell.proto.TicketEvent;
import io.foretell.proto.wire.Topics;
import io.foretell.servicedesk.TicketPage;
import io.foretell.servicedesk.TicketQuery;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server: starts the parts from the disk outwards, closes them from the door inwards. */
public final class Server implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Server.class);
  private static final long TICK_MILLIS = 500;
  private static final long REFRESH_SECONDS = 60;
  private static final String RUNNING = "server.json";

  private final Config config;
  private final Ground ground;
  private final Parts parts;
  private final AdminToken admin;
  private final HttpApi http;
  private final Conservation conservation;
  private final Metrics metrics = new Metrics();
  private final List<Part> started = new CopyOnWriteArrayList<>();
  private final Optional<Among> among;
  private @Nullable DeviceRoutes deviceRoutes;
  private boolean announced;

  /** Puts a server together; nothing is listening yet. */
  public Server(Config config, InstantSource clock) {
    Role.check(config);
    Whereabouts.require(config);
    this.config = config;
    this.admin = AdminToken.in(config.shared(), config.get(Config.ROLES).contains(Role.DESK));
    CampaignBridge bridge = new CampaignBridge();
    this.ground = new Ground(config);
    this.parts = parts(config, clock, ground, bridge);
    States states = new States(parts);
    Snapshot snapshot = new Snapshot(parts);
    Erasure erasure = erasure(states);
    this.conservation =
        new Conservation(
            () -> Engines.uplinks(parts.engine),
            () -> Engines.count(parts.engine, Topics.REJECTS),
            states,
            () -> parts.engine.lag(Pipeline.LOOP),
            new Gone(erasure));
    this.http =
        new HttpApi(
            parts.vertx,
            config.get(Config.BIND),
            config.get(Config.HTTP_PORT),
            this::deviceRoutes,
            rooms(states),
            new HttpApi.Operator(
                admin::matches,
                Role.words(parts.roles),
                this::health,
                metrics::page,
                this::describe,
                out -> snapshot.write(version(), out),
                new ErasureApi(export(states), erasure)::bind));
    this.among = Among.connect(parts, this::cut);
    Pipeline.draw(parts, this::watch, this::news);
    bridge.connect(parts.desk, this::tell);
    parts.presence.onChange(
        status ->
            http.events()
                .tell(
                    "presence",
                    status.device(),
                    Map.of(
                        "device", status.device().device(),
                        "online", status.online(),
                        "via", status.via(),
                        "reason", status.reason())));
    parts.desk.onChange(
        change -> {
          http.events().tell("ticket", change.device(), TicketApi.change(change));
          parts.outbox.wake();
        });
    parts.downlink.onChange(
        tracked -> http.events().tell("command", tracked.device(), Shapes.command(tracked)));
    ServerMetrics.bind(metrics, parts, new Troubles(states, clock));
  }

  private Export export(DeviceStates states) {
    return new Export(
        parts.registry,
        parts.engine,
        states,
        parts.history,
        ground.tables().records().source(),
        parts.clock);
  }

  private Erasure erasure(DeviceStates states) {
    return new Erasure(
        parts.registry,
        parts
            .everywhere
            .map(all -> new Connections(parts.presence, all::written, parts.registry::endSessions))
            .orElseGet(() -> Connections.alone(parts.presence)),
        Engines.erasable(parts.engine),
        states,
        parts.history,
        ground.tables().records().source(),
        ground.tables().records()::scrub,
        parts.clock);
  }

  /** What erased devices had sent, for the books. */
  private record Gone(Erasure erasure) implements Conservation.Erased {
    @Override
    public long stored() {
      return erasure.stored();
    }

    @Override
    public long rejected() {
      return erasure.rejected();
    }
  }

  private static Parts parts(
      Config config, InstantSource clock, Ground ground, CampaignBridge bridge) {
    boolean made = false;
    try {
      Parts parts = new Parts(config, clock, ground, bridge);
      made = true;
      return parts;
    } finally {
      if (!made) {
        ground.close();
      }
    }
  }

  /** Ends the HTTP requests of a device whose secrets are void. */
  private void cut(DeviceId device) {
    DeviceRoutes open = deviceRoutes;
    if (open != null) {
      open.cut(device);
    }
  }

  private void deviceRoutes(Router router) {
    if (!parts.has(Role.GATEWAY)) {
      return;
    }
    new ClaimRoute(parts.vertx, parts.registry).mount(router);
    DeviceRoutes devices =
        new DeviceRoutes(
            parts.vertx,
            new HttpSettings(config.get(Config.MAX_MESSAGE), HttpSettings.DEFAULT_MAX_WAIT),
            parts.entrance,
            parts.registry,
            parts.registry::fromMemory,
            parts.downlink,
            parts.presence,
            parts.releases,
            parts.blobs);
    devices.mount(router);
    if (config.get(Config.MQTT_WS)) {
      router.get("/mqtt").handler(context -> parts.mqtt.upgrade(context.request()));
    }
    deviceRoutes = devices;
    parts.registry.onRevoked(devices::cut);
    new MetadataRoutes(parts.vertx, parts.registry, parts.repository).mount(router);
  }

  private HttpApi.Rooms rooms(DeviceStates states) {
    return new HttpApi.Rooms(
        parts.registry,
        parts.everywhere.map(Presence.class::cast).orElse(parts.presence),
        states,
        parts.history,
        parts.downlink,
        parts.engine.lane(Topics.COMMANDS),
        parts.engine.lane(Topics.REJECTS),
        parts.desk,
        parts.webhooks,
        parts.campaigns,
        parts.repository,
        parts.book,
        parts.decoding,
        conservation,
        this::verified,
        parts.clock);
  }

  /**
   * Starts; returns when devices and people can come. Where something cannot start, all is closed
   * again: the folder and the ports are free for another server.
   */
  public Server start() {
    boolean ready = false;
    try {
      startParts();
      ready = true;
      return this;
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  private void startParts() {
    parts.tracing.ifPresent(tracing -> start(tracing.spans()));
    start(new DiskSpace(config.get(Config.DATA)));
    start(ground.tables().records());
    parts.neighbours.ifPresent(this::start);
    parts.laneKeys.ifPresent(this::start);
    // Lanes are handed to the history at once, so it is there before them, and is closed after.
    if (parts.has(Role.WORKER) || parts.has(Role.DESK)) {
      start(parts.history);
    }
    start(parts.engine);
    if (parts.has(Role.WORKER) && !config.get(Config.HISTORY_RETENTION).rules().isEmpty()) {
      start(new Ageing(parts.history, parts.clock, parts::turn));
    }
    start(parts.downlink);
    if (parts.has(Role.DESK)) {
      start(parts.outbox);
    }
    parts.sharedBlobs.ifPresent(this::start);
    if (parts.has(Role.GATEWAY)) {
      startListeners();
    } else {
      start(http);
    }
    parts.scheduler.scheduleWithFixedDelay(
        this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    parts.scheduler.scheduleWithFixedDelay(
        this::refreshMetadata, 0, REFRESH_SECONDS, TimeUnit.SECONDS);
    ServerMetrics.parts(metrics, started);
    writeRunning();
  }

  private void startListeners() {
    CompletableFuture<Part> coap = Beside.make(() -> start(parts.coap));
    try {
      start(parts.mqtt);
      start(http);
    } finally {
      Beside.made(coap);
    }
    parts.bridge.ifPresent(this::start);
  }

  private Part start(Part part) {
    // Kept first: a part whose start fails may have opened something already.
    started.add(part);
    part.start();
    return part;
  }

  private void tick() {
    long now = parts.clock.millis();
    try {
      parts.presence.expire(now);
      parts.downlink.offerAgain();
      among.ifPresent(others -> others.tick(now));
      if (parts.turn() && parts.has(Role.DESK)) {
        parts.registry.expire(now);
        parts.downlink.expire(now);
        parts.campaigns.tick(now);
      }
    } catch (RuntimeException e) {
      // Boundary: what fails now is tried again at the next tick, and the timer must live.
      log.warn("a tick failed: {}", e.toString());
    }
  }

  private void refreshMetadata() {
    try {
      parts.repository.refresh();
    } catch (RuntimeException e) {
      // Boundary: devices refuse metadata that is too old, so it must be tried again.
      log.warn("the OTA metadata could not be signed anew: {}", e.toString());
    }
  }

  /** Tells those who look at a device what it sends. */
  private CompletableFuture<?> watch(List<Entry<Telemetry>> batch) {
    Events events = http.events();
    if (events.listening() > 0) {
      for (Entry<Telemetry> entry : batch) {
        if (entry.value() instanceof Telemetry.Signals signals && events.wanted(entry.key())) {
          events.tell("signals", entry.key(), Map.of("signals", samples(signals)));
        }
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private static Map<String, List<Map<String, Object>>> samples(Telemetry.Signals signals) {
    Map<String, List<Map<String, Object>>> told = new HashMap<>();
    for (int i = 0; i < signals.names().size(); i++) {
      List<Map<String, Object>> samples = new ArrayList<>();
      for (int k = 0; k < signals.times().get(i).length; k++) {
        samples.add(Map.of("t", signals.times().get(i)[k], "value", signals.values().get(i)[k]));
      }
      told.put(signals.names().get(i), samples);
    }
    return told;
  }

  private CompletableFuture<?> news(List<Entry<Finding>> batch) {
    for (Entry<Finding> entry : batch) {
      http.events().tell("finding", entry.key(), Shapes.finding(entry.key(), entry.value()));
    }
    return CompletableFuture.completedFuture(null);
  }

  private void tell(Campaign campaign) {
    http.events().tell("campaign", campaign.tenant(), http.campaigns().shape(campaign));
  }

  private long verified(String tenant) {
    TicketQuery query =
        new TicketQuery(
            tenant,
            EnumSet.of(TicketEvent.State.VERIFIED, TicketEvent.State.CLOSED),
            EnumSet.noneOf(TicketEvent.Urgency.class),
            "",
            "",
            "",
            TicketQuery.Order.NEWEST,
            Optional.empty(),
            1000);
    long verified = 0;
    TicketPage page = parts.desk.list(query);
    while (true) {
      verified += page.tickets().stream().filter(t -> t.clocks().verifiedAt().isPresent()).count();
      if (page.next().isEmpty()) {
        return verified;
      }
      page = parts.desk.list(query.after(page.next().get()));
    }
  }

  /** How every part is. */
  public List<Health> health() {
    List<Health> health = new ArrayList<>();
    for (Part part : List.copyOf(started)) {
      health.add(part.health());
    }
    return health;
  }

  static String version() {
    String version = Server.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private Map<String, Object> describe() {
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("version", version());
    server.put("roles", Role.words(parts.roles));
    server.put("ports", ports());
    server.put("health", health());
    server.put("configuration", config.shown());
    return server;
  }

  /** The ports that it listens on, by name; -1 where it does not. */
  public Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("http", http.port());
    ports.put("mqtt", parts.mqtt.port());
    ports.put("mqtts", parts.mqtt.tlsPort().orElse(-1));
    ports.put("coap", parts.coap.port());
    ports.put("coaps", parts.coap.securePort());
    return ports;
  }

  /** The administrator's token. */
  public AdminToken admin() {
    return admin;
  }

  /** Where everything is kept. */
  public Path data() {
    return config.get(Config.DATA);
  }

  /** What it keeps together with the other processes of its installation. */
  public Path shared() {
    return config.shared();
  }

  /** The routes of the API that are bound, as in the OpenAPI file. */
  public List<String> routes() {
    return http.bound();
  }

  private void writeRunning() {
    Path file = data().resolve(RUNNING);
    StringBuilder text = new StringBuilder("{");
    ports()
        .forEach(
            (name, port) -> text.append('"').append(name).append("\":").append(port).append(','));
    text.append("\"pid\":").append(ProcessHandle.current().pid()).append("}\n");
    try {
      Files.writeString(file, text);
      announced = true;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  @Override
  public void close() {
    List<Part> inwards = new ArrayList<>(started);
    Collections.reverse(inwards);
    started.clear();
    inwards.forEach(Part::close);
    ground.close();
    if (announced) {
      forgetRunning();
    }
  }

  private void forgetRunning() {
    announced = false;
    try {
      Files.deleteIfExists(data().resolve(RUNNING));
    } catch (IOException e) {
      log.warn("cannot remove {}: {}", RUNNING, e.getMessage());
    }
  }

  /** The states of the loop, as the API reads them. */
  private record States(Parts parts) implements DeviceStates {
    @Override
    public Optional<DeviceStream> stream(DeviceId device) {
      return parts
          .engine
          .state(Pipeline.LOOP, device, Parts.STATE)
          .map(both -> both.first().stage());
    }

    @Override
    public Optional<DiagnosisState> diagnosis(DeviceId device) {
      return parts.engine.state(Pipeline.LOOP, device, Parts.STATE).map(Loop.Both::second);
    }

    @Override
    public void each(BiConsumer<DeviceId, Known> visitor) {
      parts.engine.eachState(
          Pipeline.LOOP,
          Parts.STATE,
          (device, both) -> visitor.accept(device, new Known(both.first().stage(), both.second())));
    }
  }
}
