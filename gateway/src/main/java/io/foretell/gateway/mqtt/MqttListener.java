package io.foretell.gateway.mqtt;

import io.foretell.gateway.Door;
import io.foretell.gateway.Downlink;
import io.foretell.gateway.Identities;
import io.foretell.gateway.ListenerException;
import io.foretell.gateway.Presence;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Health;
import io.foretell.proto.Part;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MQTT listener: 3.1, 3.1.1 and 5, over TCP, TLS and WebSocket. It is no broker: devices
 * publish to the door and subscribe to their own commands, and nothing goes from one to another.
 *
 * <ul>
 *   <li>QoS 1 and 2 are acknowledged when the {@link Door} says that the message is on disk, as an
 *       uplink or as a reject. An MQTT 5 client learns from the reason code that it was rejected.
 *   <li>Retained messages are taken like others and not retained; there is nobody to send them to.
 *   <li>Sessions (subscriptions, QoS 2 handshakes, commands under way) outlive connections, and
 *       with a {@link SessionStore} the server. Where the server is killed between the write of a
 *       QoS 2 message and that of its identifier, the uplink's {@link io.foretell.proto.Delivery}
 *       tells the repetition.
 *   <li>A client id belongs to the device that uses it: only the same device takes over its
 *       session, and while it is connected no other device of its tenant may use it. A client id
 *       that is a device's own name is this device's alone.
 * </ul>
 */
public final class MqttListener implements Part {
  private static final Logger log = LoggerFactory.getLogger(MqttListener.class);
  private static final String PART = "mqtt";
  private static final String GUARD = "guard";

  /** Under this name Vert.x has the handler that closes idle HTTP connections. */
  private static final String HTTP_IDLE = "idle";

  private static final long START_SECONDS = 30;
  private static final long SWEEP_MILLIS = 60_000;
  private static final long RETRY_MILLIS = 1_000;

  private final Vertx vertx;
  private final MqttSettings settings;
  private final Services services;
  private final Optional<SessionKeeper> keeper;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<EventLoop, AckLoop> ackLoops = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final List<String> deployed = new ArrayList<>();
  private volatile int port = -1;
  private volatile int tlsPort = -1;
  private long sweeper = -1;
  private long retrier = -1;

  /**
   * Makes a listener that is not open yet.
   *
   * @param vertx whose event loops it uses
   * @param door takes what devices publish
   * @param identities tells who connects
   * @param downlink has what devices are to do
   * @param presence is told who comes and goes
   * @param clock for the expiry of commands and sessions
   * @param sessions where they are while their client is away
   */
  public MqttListener(
      Vertx vertx,
      MqttSettings settings,
      Door door,
      Identities identities,
      Downlink downlink,
      Presence presence,
      InstantSource clock,
      KeptSessions sessions) {
    this.vertx = vertx;
    this.settings = settings;
    this.keeper = sessions.store().map(SessionKeeper::new);
    this.services =
        new Services(
            door,
            identities,
            downlink,
            presence,
            clock,
            settings.limits(),
            new Sessions(settings.limits(), clock, keeper, sessions.elsewhere()),
            new Services.Counters());
  }

  /**
   * Opens the ports. Not from an event loop.
   *
   * @throws ListenerException where a port is in use or the certificate cannot be read
   */
  @Override
  public void start() {
    services.sessions().restore(services::waiting);
    port = listen(options(), settings.port(), "MQTT");
    Optional<Path> certificate = settings.certificate();
    Optional<Path> key = settings.key();
    if (settings.tlsPort().isPresent() && certificate.isPresent() && key.isPresent()) {
      NetServerOptions tls =
          options()
              .setSsl(true)
              .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
              .setSslHandshakeTimeout(settings.limits().connectTimeout().toMillis())
              .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
              .setClientAuth(ClientAuth.REQUEST)
              .setTrustOptions(TrustOptions.wrap(new AnyClient()))
              .setKeyCertOptions(
                  new PemKeyCertOptions()
                      .setCertPath(certificate.get().toString())
                      .setKeyPath(key.get().toString()));
      tlsPort = listen(tls, settings.tlsPort().get(), "MQTT over TLS");
    }
    services.door().onRelief(this::readOn);
    sweeper = vertx.setPeriodic(SWEEP_MILLIS, timer -> services.sessions().expire());
    retrier = vertx.setPeriodic(RETRY_MILLIS, timer -> keeper.ifPresent(SessionKeeper::retry));
  }

  private void readOn() {
    for (Connection connection : connections) {
      connection.execute(connection::adjustReading);
    }
  }

  /** The plain port that is bound; -1 before the start. */
  public int port() {
    return port;
  }

  /** The TLS port that is bound; empty where there is none. */
  public OptionalInt tlsPort() {
    return tlsPort < 0 ? OptionalInt.empty() : OptionalInt.of(tlsPort);
  }

  /**
   * Cuts every connection of a device, whose credentials hold no longer or which was removed. MQTT
   * 5 clients are told Administrative Action (0x98). Any thread; returns at once.
   */
  public void disconnect(DeviceId device) {
    for (Connection connection : connections) {
      connection.execute(() -> connection.endIfOf(device));
    }
  }

  /**
   * A connection of another process has a session now: the one that has it here is taken over. Any
   * thread; returns at once.
   */
  public void claimedElsewhere(DeviceId device, String clientId, long holder) {
    services
        .sessions()
        .claimedElsewhere(new Session.Key(device, clientId), holder)
        .ifPresent(connection -> connection.execute(connection::takenOver));
  }

  /**
   * Publishes a message of QoS 0 on every connection of a device: a command of a protocol that is
   * spoken through MQTT. Any thread; returns at once.
   */
  public void tell(DeviceId device, String topic, byte[] payload) {
    for (Connection connection : connections) {
      connection.execute(() -> connection.tellIfOf(device, topic, payload));
    }
  }

  /** Counts since the start. */
  public MqttStats stats() {
    Services.Counters counters = services.counters();
    return new MqttStats(
        connections.size(),
        counters.greeted().sum(),
        counters.refused().sum(),
        counters.overLimit().sum(),
        counters.violations().sum(),
        counters.takenOver().sum(),
        counters.unstored().sum());
  }

  @Override
  public Health health() {
    if (port < 0) {
      return Health.bad(
          PART, "MQTT_CLOSED", "The MQTT listener is not open.", "See the start-up log.");
    }
    return keeper.map(SessionKeeper::failing).orElse(false)
        ? Health.bad(
            PART,
            "SESSIONS_UNAVAILABLE",
            "MQTT sessions cannot be made durable.",
            "Free space on the disk of the data folder; it is tried again every second.")
        : Health.good(PART);
  }

  @Override
  public void close() {
    if (sweeper >= 0) {
      vertx.cancelTimer(sweeper);
      vertx.cancelTimer(retrier);
      sweeper = -1;
    }
    port = -1;
    tlsPort = -1;
    for (Connection connection : connections) {
      connection.execute(connection::shutDown);
    }
    for (String id : deployed) {
      try {
        await(vertx.undeploy(id));
      } catch (ExecutionException e) {
        log.debug("undeploy: {}", e.toString());
      }
    }
    deployed.clear();
    keeper.ifPresent(SessionKeeper::close);
  }

  private NetServerOptions options() {
    return new NetServerOptions()
        .setHost(settings.bind())
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true);
  }

  /** Opens a port on several event loops, which take its connections in turn. */
  private int listen(NetServerOptions options, int wanted, String what) {
    // Vert.x takes any free port for a negative number, and the same one for the same number in all
    // of its servers; so the number must be this listener's own
    int anyPort = -ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    options.setPort(wanted == 0 ? anyPort : wanted);
    AtomicInteger bound = new AtomicInteger();
    DeploymentOptions several = new DeploymentOptions().setInstances(settings.eventLoops());
    try {
      deployed.add(await(vertx.deployVerticle(() -> new Acceptor(options, bound), several)));
      return bound.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String where = settings.bind() + ":" + wanted;
      throw new ListenerException(
          "cannot listen for " + what + " on " + where + ": " + cause.getMessage(), cause);
    }
  }

  private static <T> T await(Future<T> future) throws ExecutionException {
    try {
      return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ExecutionException("no answer in " + START_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionException("interrupted", e);
    }
  }

  /**
   * Takes a client that comes over WebSocket, at whatever path its request came; answers 400 where
   * it does not ask for that, and for the subprotocol {@code mqtt} (section 6 of MQTT 5). On the
   * request's event loop, before its body is read.
   */
  public void upgrade(HttpServerRequest request) {
    Optional<WebSocketUpgrade> upgrade = WebSocketUpgrade.of(request);
    if (upgrade.isEmpty() || port < 0) {
      var unused =
          request
              .response()
              .setStatusCode(port < 0 ? 503 : 400)
              .putHeader("Sec-WebSocket-Version", "13")
              .end("A WebSocket handshake with the subprotocol mqtt is expected here.\n");
      return;
    }
    boolean direct = WebSocketUpgrade.direct(request);
    Context context = vertx.getOrCreateContext();
    request
        .response()
        .setStatusCode(101)
        .putHeader("Upgrade", "websocket")
        .putHeader("Connection", "Upgrade")
        .putHeader("Sec-WebSocket-Accept", upgrade.get().accept())
        .putHeader("Sec-WebSocket-Protocol", upgrade.get().protocol());
    request
        .toNetSocket()
        .onSuccess(socket -> acceptFrames(context, socket, direct))
        .onFailure(e -> log.debug("no WebSocket: {}", e.toString()));
  }

  private void acceptFrames(Context context, NetSocket socket, boolean direct) {
    ChannelPipeline pipeline = ((NetSocketInternal) socket).channelHandlerContext().pipeline();
    if (pipeline.get(HTTP_IDLE) != null) {
      pipeline.remove(HTTP_IDLE); // MQTT has its own keep-alive
    }
    accept(context, socket, direct);
    if (pipeline.get(GUARD) != null) {
      WebSocketFrames.addBefore(pipeline, GUARD, settings.limits().maxFirstPacket());
    }
  }

  private void accept(Context context, NetSocket socket, boolean direct) {
    if (connections.size() >= settings.limits().maxConnections()) {
      services.counters().overLimit().increment();
      var unused = socket.close();
      return;
    }
    ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
    AckLoop acks = ackLoops.computeIfAbsent(last.channel().eventLoop(), AckLoop::new);
    PacketGuard guard = new PacketGuard(settings.limits());
    String id = "mqtt-" + lastId.incrementAndGet();
    Connection connection = new Connection(id, services, context, acks, guard, last, direct);
    connections.add(connection);
    last.channel().closeFuture().addListener(closed -> connections.remove(connection));
    ChannelPipeline pipeline = last.pipeline();
    pipeline.addBefore(last.name(), GUARD, guard);
    // its own limits must not bite before the guard's do
    pipeline.addBefore(
        last.name(), "decoder", new MqttDecoder(Integer.MAX_VALUE, Integer.MAX_VALUE));
    pipeline.addBefore(last.name(), "encoder", MqttEncoder.INSTANCE);
    pipeline.addBefore(last.name(), "connection", connection);
  }

  /** A server socket on one event loop. */
  private final class Acceptor extends VerticleBase {
    private final NetServerOptions options;
    private final AtomicInteger bound;

    Acceptor(NetServerOptions options, AtomicInteger bound) {
      this.options = options;
      this.bound = bound;
    }

    @Override
    public Future<?> start() {
      NetServer server = vertx.createNetServer(options);
      Context here = context;
      return server
          .connectHandler(socket -> MqttListener.this.accept(here, socket, true))
          .listen()
          .onSuccess(listening -> bound.set(listening.actualPort()));
    }
  }
}
