package io.foretell.gateway.mqtt;

import io.foretell.gateway.DoorLimits;
import io.foretell.gateway.FakeDownlink;
import io.foretell.gateway.FakeIdentities;
import io.foretell.gateway.HeldLane;
import io.foretell.gateway.Identities;
import io.foretell.gateway.LaneDoor;
import io.foretell.gateway.LivePresence;
import io.foretell.gateway.Presence;
import io.foretell.gateway.identity.Registry;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A listener on a free port of loopback, with real door and presence over lanes of the test. */
final class TestGateway implements AutoCloseable {
  final HeldLane<Uplink> uplinks = new HeldLane<>("uplink");
  final HeldLane<Uplink> changes = new HeldLane<>("presence");
  final HeldLane<Reject> rejects = new HeldLane<>("rejects");
  final FakeIdentities identities;
  final FakeDownlink downlink;
  final LinkedBlockingQueue<Presence.Status> presences = new LinkedBlockingQueue<>();
  final LaneDoor door;
  final LivePresence presence;
  final MqttListener listener;
  private final Vertx vertx = Vertx.vertx();

  private TestGateway(
      UnaryOperator<MqttSettings> change,
      DoorLimits limits,
      Optional<Identities> real,
      FakeDownlink commands,
      Optional<SessionStore> sessions,
      Optional<Elsewhere> elsewhere) {
    identities = new FakeIdentities().device("truck", "secret").sandbox();
    downlink = commands;
    Identities judge = real.orElse(identities);
    InstantSource clock = InstantSource.system();
    presence = new LivePresence(changes, LivePresence.DEFAULT_SILENCE, clock);
    presence.onChange(presences::add);
    door = new LaneDoor(uplinks, rejects, judge, presence, limits, clock);
    MqttSettings settings = change.apply(MqttSettings.plain("127.0.0.1", 0));
    listener =
        new MqttListener(
            vertx,
            settings,
            door,
            judge,
            downlink,
            presence,
            clock,
            new KeptSessions(sessions, elsewhere));
    listener.start();
  }

  static TestGateway open() {
    return open(UnaryOperator.identity());
  }

  /** With a real register, its sandbox open. */
  static TestGateway open(Registry registry) {
    return new TestGateway(
        UnaryOperator.identity(),
        DoorLimits.defaults(),
        Optional.of(registry),
        new FakeDownlink(),
        Optional.empty(),
        Optional.empty());
  }

  /** One of several in turn, which have their commands and sessions from the one before. */
  static TestGateway open(FakeDownlink commands, SessionStore sessions) {
    return new TestGateway(
        UnaryOperator.identity(),
        DoorLimits.defaults(),
        Optional.empty(),
        commands,
        Optional.of(sessions),
        Optional.empty());
  }

  /** One of several at the same time. */
  static TestGateway open(FakeDownlink commands, SessionStore sessions, Elsewhere elsewhere) {
    return new TestGateway(
        UnaryOperator.identity(),
        DoorLimits.defaults(),
        Optional.empty(),
        commands,
        Optional.of(sessions),
        Optional.of(elsewhere));
  }

  static TestGateway open(UnaryOperator<MqttSettings> change) {
    return new TestGateway(
        change,
        DoorLimits.defaults(),
        Optional.empty(),
        new FakeDownlink(),
        Optional.empty(),
        Optional.empty());
  }

  /** With a door of other limits. */
  static TestGateway open(DoorLimits limits) {
    return new TestGateway(
        UnaryOperator.identity(),
        limits,
        Optional.empty(),
        new FakeDownlink(),
        Optional.empty(),
        Optional.empty());
  }

  /** Ordinary limits, but for the ones that a test needs small. */
  static MqttLimits limits(Duration connectTimeout, int maxInFlight) {
    MqttLimits usual = MqttLimits.defaults();
    return new MqttLimits(
        usual.maxPacket(),
        usual.maxFirstPacket(),
        connectTimeout,
        maxInFlight,
        usual.maxInFlightBytes(),
        usual.topicAliasMaximum(),
        usual.maxKeepAlive(),
        usual.maxSessionExpiry(),
        usual.maxConnections(),
        usual.maxStoredSessions());
  }

  ScriptedPeer peer() throws IOException {
    return new ScriptedPeer(new Socket("127.0.0.1", listener.port()));
  }

  /** The next change of a device's presence, waited for. */
  Presence.Status presenceChange() throws InterruptedException {
    Presence.Status status = presences.poll(60, TimeUnit.SECONDS);
    if (status == null) {
      throw new AssertionError("no change of presence in 60 s");
    }
    return status;
  }

  String uri() {
    return "tcp://127.0.0.1:" + listener.port();
  }

  @Override
  public void close() {
    listener.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
