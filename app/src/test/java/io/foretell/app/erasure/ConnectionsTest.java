package io.foretell.app.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.LivePresence;
import io.foretell.gateway.Presence.Status;
import io.foretell.gateway.identity.RegisterUnavailableException;
import io.foretell.ingest.engine.rocksdb.RocksEngine;
import io.foretell.ingest.engine.rocksdb.RocksEngineOptions;
import io.foretell.proto.DeviceId;
import io.foretell.proto.HandClock;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConnectionsTest {
  private static final DeviceId GONE = DeviceId.parse("gone");
  private static final Duration LONG = Duration.ofSeconds(30);

  /** A device is called again every second; not by a thread that is held up. */
  private static final Duration SOME_CALLS = Duration.ofSeconds(6);

  private static final Duration SHORT = Duration.ofMillis(1_500);

  @TempDir private Path folder;
  private final List<DeviceId> cut = new CopyOnWriteArrayList<>();
  private LivePresence here;

  @BeforeEach
  void see() {
    HandClock clock = new HandClock(1_000);
    // Never started: that a device came is not recorded, and that is nothing to this test.
    RocksEngine engine = new RocksEngine(folder, RocksEngineOptions.defaults(), clock);
    here = new LivePresence(engine.lane(Topics.UPLINK), LivePresence.DEFAULT_SILENCE, clock);
  }

  private Connections with(Function<DeviceId, Optional<Status>> everywhere) {
    return new Connections(here, everywhere, cut::add);
  }

  private static Optional<Status> status(boolean online, String via, String reason) {
    return Optional.of(new Status(GONE, online, 0, 0, via, reason));
  }

  @Test
  void device_thatAnotherProcessHolds_isWaitedForAndCalledAgain() {
    Connections connections =
        with(device -> status(cut.isEmpty(), "mqtt", "its first call was lost"));

    connections.awaitEnded(GONE, LONG);

    assertThat(cut).containsExactly(GONE);
  }

  @Test
  void device_thatAnotherProcessDoesNotLetGo_isNotErased() {
    Connections connections = with(device -> status(true, "mqtt", "connected"));

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> connections.awaitEnded(GONE, SOME_CALLS))
        .withMessageContaining("still connected");
    assertThat(cut).isNotEmpty();
  }

  @Test
  void device_ofWhichNobodyKnows_countsAsConnected() {
    Connections unknown =
        with(
            device -> {
              throw new RegisterUnavailableException("away", new IllegalStateException("away"));
            });

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> unknown.awaitEnded(GONE, SHORT))
        .withMessageContaining("nobody knows");
  }

  @Test
  void device_ofAProcessThatDiedOrWithoutConnection_holdsUpNothing() {
    with(device -> status(false, "mqtt", "gateway-lost")).awaitEnded(GONE, LONG);
    with(device -> status(true, "http", "message")).awaitEnded(GONE, LONG);
    with(device -> Optional.empty()).awaitEnded(GONE, LONG);

    assertThat(cut).isEmpty();
  }

  @Test
  void device_thatThisProcessHolds_isNotErased_alsoWhereItCameByHttpBefore() {
    here.seen(GONE, "http");
    Connections.alone(here).awaitEnded(GONE, LONG);
    here.arrived(GONE, "mqtt", "1");

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> Connections.alone(here).awaitEnded(GONE, SHORT));
    here.left(GONE, "mqtt", "1", "cut");
    Connections.alone(here).awaitEnded(GONE, LONG);
  }
}
