package io.foretell.app;

import io.foretell.app.erasure.SqlLaneKeys;
import io.foretell.app.otel.OtlpSettings;
import io.foretell.app.otel.Tracing;
import io.foretell.app.records.Neighbours;
import io.foretell.app.tls.ServerCertificate;
import io.foretell.diagnostics.Detector;
import io.foretell.diagnostics.DiagnosisState;
import io.foretell.diagnostics.codes.CodeBook;
import io.foretell.diagnostics.signals.ModelDecoding;
import io.foretell.firmwareota.CampaignListener;
import io.foretell.firmwareota.Campaigns;
import io.foretell.firmwareota.blobs.s3.S3Blobs;
import io.foretell.firmwareota.tuf.Repository;
import io.foretell.gateway.Door;
import io.foretell.gateway.DoorLimits;
import io.foretell.gateway.LaneDoor;
import io.foretell.gateway.LivePresence;
import io.foretell.gateway.QuotaLimits;
import io.foretell.gateway.Releases;
import io.foretell.gateway.bridge.Bridge;
import io.foretell.gateway.bridge.BridgeSettings;
import io.foretell.gateway.coap.CoapListener;
import io.foretell.gateway.coap.CoapSettings;
import io.foretell.gateway.downlink.DurableDownlink;
import io.foretell.gateway.downlink.sql.SqlCommandStore;
import io.foretell.gateway.identity.KeySeal;
import io.foretell.gateway.identity.Registry;
import io.foretell.gateway.identity.sql.SqlDeviceStore;
import io.foretell.gateway.mqtt.KeptSessions;
import io.foretell.gateway.mqtt.MqttLimits;
import io.foretell.gateway.mqtt.MqttListener;
import io.foretell.gateway.mqtt.MqttSettings;
import io.foretell.gateway.mqtt.sql.SqlSessionStore;
import io.foretell.gateway.presence.sql.SharedPresence;
import io.foretell.gateway.sparkplug.SparkplugDoor;
import io.foretell.ingest.DeviceStream;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.proto.Blobs;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import io.foretell.proto.Engine;
import io.foretell.proto.Finding;
import io.foretell.proto.Sink;
import io.foretell.proto.Stage;
import io.foretell.proto.Uplink;
import io.foretell.proto.wire.Topics;
import io.foretell.servicedesk.DeskConfig;
import io.foretell.servicedesk.TicketDesk;
import io.foretell.servicedesk.outbox.LaneRelay;
import io.foretell.servicedesk.outbox.OutboxRelay;
import io.foretell.servicedesk.outbox.Relay;
import io.foretell.servicedesk.sql.DeskDatabase;
import io.foretell.servicedesk.webhook.AddressGuard;
import io.foretell.servicedesk.webhook.DeliveryTrace;
import io.foretell.servicedesk.webhook.WebhookConfig;
import io.foretell.servicedesk.webhook.WebhookRelay;
import io.foretell.servicedesk.webhook.Webhooks;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import javax.sql.DataSource;

/**
 * The parts of a server, made from its configuration: which adapter stands behind which port. What
 * flows between them is drawn in {@link Pipeline}.
 */
final class Parts {
  private static final long LARGEST_ARTIFACT = 4L << 30;
  private static final List<String> PRIVATE_NETWORKS =
      List.of("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");

  final Ground ground;
  final Config config;
  final InstantSource clock;
  final Vertx vertx;
  final ScheduledExecutorService scheduler;
  final Engine engine;
  final KeptHistory history;
  final Set<Role> roles;
  final Optional<Neighbours> neighbours;
  final Optional<SqlLaneKeys> laneKeys;
  final Registry registry;
  final Models models;
  final ModelDecoding decoding;
  final LivePresence presence;
  final Optional<SharedPresence> everywhere;
  final Optional<Tracing> tracing;
  final LaneDoor door;

  /** The door as listeners see it. */
  final Door entrance;

  final DurableDownlink downlink;
  final Knowledge knowledge;
  final CodeBook book;
  final List<Detector<?>> detectors;
  final DeskDatabase deskDatabase;
  final TicketDesk desk;
  final Webhooks webhooks;
  final OutboxRelay outbox;
  final Blobs blobs;
  final Optional<S3Blobs> sharedBlobs;
  final Repository repository;
  final Releases releases;
  final Campaigns campaigns;
  final MqttListener mqtt;
  final CoapListener coap;
  final Optional<Bridge> bridge;

  /** Makes the parts; none of them has begun to work. */
  Parts(Config config, InstantSource clock, Ground ground, CampaignListener campaignListener) {
    this.ground = ground;
    this.config = config;
    this.clock = clock;
    this.roles = config.get(Config.ROLES);
    Path data = config.get(Config.DATA);
    Path shared = config.shared();
    // Takes long and needs nothing from the other parts, so it is made beside them.
    CompletableFuture<ServerCertificate> securing = Beside.make(() -> certificate(config, clock));
    vertx = ground.vertx;
    scheduler = ground.scheduler;
    knowledge = Knowledge.of(config);
    book = knowledge.book();
    detectors = Detectors.of(config);

    history = Stores.history(config);

    Tables tables = ground.tables();
    DataSource records = tables.records().source();
    neighbours = neighbours(config, records);
    byte[] sealing = Keys.seal(shared.resolve("keys"), has(Role.DESK));
    laneKeys = laneKeys(config, records, sealing);
    engine = Engines.of(config, clock, laneKeys);
    registry =
        new Registry(
            new SqlDeviceStore(records), new KeySeal(sealing), clock, config.get(Config.SANDBOX));
    models = new Models(registry::find, clock);
    decoding = new ModelDecoding(knowledge.manifests(), models);
    presence = new LivePresence(engine.lane(Topics.UPLINK), LivePresence.DEFAULT_SILENCE, clock);
    everywhere = neighbours.map(n -> new SharedPresence(presence, records, n.node()));
    door =
        new LaneDoor(
            engine.lane(Topics.UPLINK),
            engine.lane(Topics.REJECTS),
            registry,
            presence,
            doorLimits(config),
            clock);
    tracing = tracing(config, clock);
    entrance = tracing.<Door>map(traced -> traced.door(door)).orElse(door);
    SqlCommandStore commands = new SqlCommandStore(records);
    downlink =
        neighbours.isPresent()
            ? DurableDownlink.shared(commands, clock)
            : DurableDownlink.alone(commands, clock);

    deskDatabase = tables.desk();
    desk = new TicketDesk(deskDatabase.tickets(), DeskConfig.defaults(), clock, ground.deskWorker);
    AddressGuard guard =
        new AddressGuard(config.get(Config.WEBHOOK_PRIVATE) ? PRIVATE_NETWORKS : List.of());
    webhooks = new Webhooks(deskDatabase.webhooks(), guard, clock);
    outbox = outbox(guard);

    sharedBlobs = Stores.sharedBlobs(config, data.resolve(Stores.BLOBS));
    blobs = sharedBlobs.<Blobs>map(s3 -> s3).orElseGet(() -> Stores.ownBlobs(shared));
    repository =
        new Repository(
            shared.resolve("metadata"),
            shared.resolve("keys").resolve("ota"),
            blobs,
            LARGEST_ARTIFACT,
            clock,
            this::turn);
    releases = new Published(repository);
    campaigns =
        new Campaigns(
            tables.campaigns(),
            repository,
            registry,
            engine.lane(Topics.COMMANDS),
            campaignListener,
            clock,
            campaignIds(clock),
            ground.campaignWorker,
            this::turn);

    ServerCertificate certificate = Beside.made(securing);
    mqtt = mqtt(mqtt(config, certificate), new SqlSessionStore(records));
    coap =
        new CoapListener(
            coap(config, certificate), entrance, registry, downlink, presence, releases, blobs);
    bridge =
        config.get(Config.BRIDGE_URL).isEmpty()
            ? Optional.empty()
            : Optional.of(new Bridge(bridge(config), entrance));
  }

  /** A fold, with its spans where a collector wants them. */
  <S> Stage<S, Uplink> traced(Stage<S, Uplink> fold) {
    return tracing.map(traced -> traced.stage(fold)).orElse(fold);
  }

  /** The desk, likewise. */
  Sink<Finding> tickets() {
    return tracing.<Sink<Finding>>map(traced -> traced.desk(desk)).orElse(desk);
  }

  /** Whether this process has a role. */
  boolean has(Role role) {
    return roles.contains(role);
  }

  /** Whether it is this process that does what only one may. */
  boolean turn() {
    return neighbours.map(Neighbours::turn).orElse(true);
  }

  private Optional<Neighbours> neighbours(Config config, DataSource records) {
    return Role.shared(config)
        ? Optional.of(
            new Neighbours(
                config.get(Config.RECORDS_URL),
                config.get(Config.RECORDS_USER),
                config.get(Config.RECORDS_PASSWORD),
                records,
                has(Role.DESK)))
        : Optional.empty();
  }

  /** By which the lanes are sealed on Kafka. */
  private Optional<SqlLaneKeys> laneKeys(Config config, DataSource records, byte[] sealing) {
    Duration grace = neighbours.isPresent() ? SqlLaneKeys.GRACE : Duration.ZERO;
    return config.get(Config.KAFKA).isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SqlLaneKeys(records, sealing, config.get(Config.KAFKA_KEYS), grace, clock));
  }

  private MqttListener mqtt(MqttSettings settings, SqlSessionStore sessions) {
    SparkplugDoor in = new SparkplugDoor(entrance, presence, this::tell, clock);
    KeptSessions kept =
        new KeptSessions(Optional.of(sessions), neighbours.map(Among.Sessions::new));
    return new MqttListener(vertx, settings, in, registry, downlink, presence, clock, kept);
  }

  /** Takes a command to an edge node's connection. */
  private void tell(SparkplugDoor.Command command) {
    mqtt.tell(command.node(), command.topic(), command.payload());
  }

  /** What is signed is what devices may fetch. */
  private record Published(Repository repository) implements Releases {
    @Override
    public boolean offers(String tenant, Digest digest) {
      return repository.find(tenant, digest).isPresent();
    }

    @Override
    public Optional<byte[]> metadata(String tenant, String name) {
      return repository.metadata(tenant, name);
    }
  }

  private OutboxRelay outbox(AddressGuard guard) {
    WebhookConfig webhook =
        WebhookConfig.defaults()
            .allowing(config.get(Config.WEBHOOK_PRIVATE) ? PRIVATE_NETWORKS : List.of());
    return new OutboxRelay(
        deskDatabase.outbox(),
        Stream.of(
                new LaneRelay(
                    "lane",
                    deskDatabase.outbox(),
                    engine.lane(Topics.TICKETS),
                    Duration.ofSeconds(10)),
                new WebhookRelay(
                    "webhooks",
                    deskDatabase.outbox(),
                    deskDatabase.webhooks(),
                    webhook,
                    guard,
                    (SSLSocketFactory) SSLSocketFactory.getDefault(),
                    tracing
                        .map(traced -> traced.deliveries(deskDatabase.tickets()))
                        .orElse(DeliveryTrace.NONE)))
            .map(relay -> (Relay) new Among.InTurn(relay, this::turn))
            .toList(),
        clock,
        scheduler,
        Duration.ofSeconds(1));
  }

  private static Optional<Tracing> tracing(Config config, InstantSource clock) {
    String collector = config.get(Config.OTLP_ENDPOINT);
    if (collector.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Tracing(
            new OtlpSettings(
                URI.create(collector),
                config.get(Config.OTLP_HEADERS),
                config.get(Config.SAMPLE_RATIO),
                Server.version(),
                Role.words(config.get(Config.ROLES))),
            clock));
  }

  private static DoorLimits doorLimits(Config config) {
    QuotaLimits quotas =
        new QuotaLimits(
            config.get(Config.DEVICE_MESSAGES),
            config.get(Config.DEVICE_BYTES),
            config.get(Config.TENANT_MESSAGES),
            config.get(Config.TENANT_BYTES));
    return new DoorLimits(
        config.get(Config.MAX_MESSAGE),
        DoorLimits.DEFAULT_KEPT_OF_OVERSIZE,
        config.get(Config.MAX_WAITING),
        quotas);
  }

  private static ServerCertificate certificate(Config config, InstantSource clock) {
    return config.get(Config.TLS_CERTIFICATE).isEmpty()
        ? ServerCertificate.selfSigned(config.get(Config.DATA).resolve("tls"), clock.instant())
        : new ServerCertificate(
            Path.of(config.get(Config.TLS_CERTIFICATE)), Path.of(config.get(Config.TLS_KEY)));
  }

  private static MqttSettings mqtt(Config config, ServerCertificate certificate) {
    return MqttSettings.plain(config.get(Config.BIND), config.get(Config.MQTT_PORT))
        .withTls(config.get(Config.MQTTS_PORT), certificate.certificate(), certificate.key())
        .withLimits(MqttLimits.defaults().withMaxMessage(config.get(Config.MAX_MESSAGE)));
  }

  private static BridgeSettings bridge(Config config) {
    return new BridgeSettings(
        URI.create(config.get(Config.BRIDGE_URL)),
        config.get(Config.BRIDGE_VERSION),
        config.get(Config.BRIDGE_USER),
        config.get(Config.BRIDGE_PASSWORD),
        config.get(Config.BRIDGE_CLIENT),
        config.get(Config.BRIDGE_SHARE),
        config.get(Config.BRIDGE_TOPIC),
        DeviceId.parse(config.get(Config.BRIDGE_GATEWAY)),
        BridgeSettings.DEFAULT_WINDOW);
  }

  private static CoapSettings coap(Config config, ServerCertificate certificate) {
    return CoapSettings.of(
            config.get(Config.BIND), config.get(Config.COAP_PORT), config.get(Config.COAPS_PORT))
        .withMaxBody(config.get(Config.MAX_MESSAGE))
        .withIdentity(certificate.certificate(), certificate.key())
        .withMaxInFlight(config.get(Config.COAP_IN_FLIGHT));
  }

  private static Supplier<String> campaignIds(InstantSource clock) {
    SecureRandom random = new SecureRandom();
    return () ->
        "C-"
            + Long.toString(clock.millis(), 36)
            + Integer.toString(random.nextInt(36 * 36) + 36 * 36, 36);
  }

  /** The states of the one hosted stage. */
  static final Class<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>> STATE = stateClass();

  @SuppressWarnings("unchecked") // a class literal cannot carry type arguments
  private static Class<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>> stateClass() {
    return (Class<Loop.Both<Naming.Named<DeviceStream>, DiagnosisState>>)
        (Class<?>) Loop.Both.class;
  }
}
