package io.foretell.gateway.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Door.Receipt;
import io.foretell.gateway.bridge.BridgeSettings.Version;
import io.foretell.gateway.fixture.FakeDoor;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bridge with Debian's Mosquitto on the other side. */
class BridgeTest {
  private static final DeviceId BRIDGE = new DeviceId("acme", "bridge");
  private static final Receipt STORED = new Receipt.Stored(new Position("uplink", 0, 0));

  @TempDir Path folder;

  private final FakeDoor door = new FakeDoor();
  private final List<AutoCloseable> open = new ArrayList<>();
  private String share = "foretell";
  private Mosquitto mosquitto;

  @BeforeEach
  void start() throws Exception {
    mosquitto = new Mosquitto(folder);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    mosquitto.close();
  }

  private Bridge bridge(FakeDoor at, Version version) {
    BridgeSettings settings =
        new BridgeSettings(
            URI.create(mosquitto.url()),
            version,
            "",
            "",
            "bridge-1",
            share,
            List.of(TopicPattern.parse("plant/{device}/{kind}")),
            BRIDGE,
            64);
    Bridge bridge = new Bridge(settings, at);
    bridge.start();
    open.add(bridge);
    return bridge;
  }

  private Bridge connected(FakeDoor at, Version version) {
    Bridge bridge = bridge(at, version);
    await("the bridge", () -> bridge.health().notices().isEmpty());
    return bridge;
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  /** Publishes numbers; one that is not acknowledged by the broker is published again. */
  private void publish(int from, int to) {
    int next = from;
    while (next < to) {
      try {
        MqttClient client = new MqttClient(mosquitto.url(), "pump-7", new MemoryPersistence());
        client.setTimeToWait(5_000);
        try {
          next = publish(client, next, to);
        } finally {
          client.disconnectForcibly(0, 100, false);
          client.close(true);
        }
      } catch (MqttException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  /** As far as the connection holds. */
  private static int publish(MqttClient client, int from, int to) {
    int next = from;
    try {
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setCleanStart(true);
      client.connect(options);
      while (next < to) {
        byte[] body = ("{\"n\":" + next + "}").getBytes(UTF_8);
        MqttMessage message = new MqttMessage(body, 1, false, null);
        MqttProperties properties = new MqttProperties();
        properties.setContentType("application/json");
        message.setProperties(properties);
        client.publish("plant/pump-7/telemetry", message);
        next++;
      }
      return next;
    } catch (MqttException e) {
      return next;
    }
  }

  private static Set<String> numbers(FakeDoor door) {
    Set<String> numbers = new HashSet<>();
    door.messages().forEach(message -> numbers.add(new String(message.payload(), UTF_8)));
    return numbers;
  }

  private static Set<String> numbers(int to) {
    Set<String> numbers = new HashSet<>();
    for (int i = 0; i < to; i++) {
      numbers.add("{\"n\":" + i + "}");
    }
    return numbers;
  }

  @ParameterizedTest
  @EnumSource
  void messages_come_as_those_of_the_bridges_children(Version version) {
    Bridge bridge = connected(door, version);

    publish(0, 3);

    await("three messages", () -> door.messages().size() == 3);
    FakeDoor.Message first = door.messages().get(0);
    assertThat(first.speaker()).isEqualTo(BRIDGE);
    assertThat(first.path()).isEqualTo("v1/d/pump-7/telemetry");
    assertThat(first.via()).isEqualTo("bridge");
    assertThat(first.contentType()).isEqualTo(version == Version.MQTT_5 ? "application/json" : "");
    await("the acknowledgements", () -> bridge.acknowledged() == 3);
  }

  @ParameterizedTest
  @EnumSource
  void message_is_acknowledged_only_when_it_is_on_disk(Version version) {
    door.answers(new CompletableFuture<>());
    Bridge first = connected(door, version);
    publish(0, 5);
    await("five messages", () -> door.messages().size() == 5);
    assertThat(first.acknowledged()).isZero();
    first.close();

    FakeDoor after = new FakeDoor();
    Bridge second = connected(after, version);

    await("the same again", () -> numbers(after).equals(numbers(5)));
    await("their acknowledgement", () -> second.acknowledged() == 5);
  }

  @ParameterizedTest
  @EnumSource
  void message_that_cannot_be_stored_comes_again(Version version) {
    door.answers(new Receipt.Unavailable(ReasonCode.STORAGE_UNAVAILABLE, "disk full"));
    Bridge bridge = connected(door, version);
    publish(0, 5);
    await("a refusal", () -> bridge.unstored() > 0);
    assertThat(bridge.acknowledged()).isZero();

    door.answers(STORED);

    await("all on disk", () -> bridge.acknowledged() >= 5);
    assertThat(numbers(door)).isEqualTo(numbers(5));
  }

  @ParameterizedTest
  @EnumSource
  void broker_and_bridge_that_restart_lose_nothing(Version version) throws Exception {
    int all = 3_000;
    share = ""; // Mosquitto forgets shared subscriptions when it restarts, and what comes meanwhile
    Bridge bridge = connected(door, version);
    Thread publisher = new Thread(() -> publish(0, all));
    publisher.start();

    await("a part", () -> numbers(door).size() > 50);
    mosquitto.stop();
    mosquitto.start();
    bridge.close();
    bridge = connected(door, version);
    mosquitto.stop();
    mosquitto.start();
    publisher.join(90_000);

    await("all", () -> numbers(door).size() == all);
    assertThat(numbers(door)).isEqualTo(numbers(all));
    bridge.close();
  }

  @Test
  void broker_that_is_away_is_said_and_costs_nothing() throws Exception {
    mosquitto.stop();
    Bridge bridge = bridge(door, Version.MQTT_5);

    await(
        "the notice",
        () ->
            bridge.health().notices().get(0).text().contains("refused")
                || bridge.health().notices().get(0).text().contains("connect"));
    assertThat(bridge.health().ready()).isTrue();

    mosquitto.start();
    await("the bridge", () -> bridge.health().notices().isEmpty());
  }
}
