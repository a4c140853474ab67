package io.foretell.agent.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.agent.Ack;
import io.foretell.agent.Agent;
import io.foretell.agent.LinkException;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.proto.v1.DeviceCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MqttLinkIT {
  private static final int MESSAGES = 300;

  @TempDir Path folder;

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final BlockingQueue<DeviceCommand> commands = new LinkedBlockingQueue<>();

  @BeforeEach
  @AfterEach
  void leaveNoInterrupt() {
    assertThat(Thread.interrupted()).isFalse();
  }

  @AfterEach
  void stopThreads() {
    scheduler.shutdownNow();
    blocking.shutdownNow();
  }

  private static Message message(int n) {
    return new Message("v1/telemetry", String.valueOf(n).getBytes(UTF_8));
  }

  private Agent agent(MqttLink link, int window) {
    return new Agent(
        "device",
        link,
        new MemorySpool(10_000),
        scheduler,
        blocking,
        new Agent.Settings(window, 50, 500),
        commands::add);
  }

  /** Somebody at the server's side; its own session outlives the broker's restart. */
  private static MqttClient listener(Mosquitto broker, Set<String> heard) throws Exception {
    MqttClient listener = new MqttClient(broker.uri(), "listener", new MemoryPersistence());
    listener.connect();
    listener.subscribe(
        new org.eclipse.paho.mqttv5.common.MqttSubscription[] {
          new org.eclipse.paho.mqttv5.common.MqttSubscription("v1/telemetry", 1)
        },
        new org.eclipse.paho.mqttv5.client.IMqttMessageListener[] {
          (topic, got) -> heard.add(new String(got.getPayload(), UTF_8))
        });
    return listener;
  }

  @Test
  void broker_that_dies_and_comes_back_costs_no_message() throws Exception {
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true\n");
        Agent agent = agent(new MqttLink(broker.uri(), "device", null), 16)) {
      Set<String> heard = ConcurrentHashMap.newKeySet();
      List<CompletableFuture<Ack>> told = new ArrayList<>();
      agent.start();
      MqttClient before = listener(broker, heard);
      for (int i = 0; i < MESSAGES; i++) {
        told.add(agent.offer(message(i)).toCompletableFuture());
        if (i == 50) {
          told.get(20).get(20, TimeUnit.SECONDS);
          broker.stop();
        }
      }
      assertThat(told.get(MESSAGES - 1)).isNotDone();
      before.close(true);
      Set<String> acknowledged = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < MESSAGES; i++) {
        if (told.get(i).isDone()) {
          acknowledged.add(String.valueOf(i));
        }
      }
      broker.start();
      MqttClient after = listener(broker, heard);
      CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
      assertThat(told).allSatisfy(f -> assertThat(f.get()).isEqualTo(Ack.STORED));
      assertThat(agent.backlog()).isZero();
      after.disconnect();
      after.close();
    }
  }

  @Test
  void command_that_is_published_arrives_also_after_a_restart_of_the_broker() throws Exception {
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true\n");
        Agent agent = agent(new MqttLink(broker.uri(), "device", null), 4)) {
      agent.start();
      agent.offer(message(1)).toCompletableFuture().get(20, TimeUnit.SECONDS);
      publish(broker, DeviceCommand.newBuilder().setId("c1").setVerb("reboot").build());
      assertThat(commands.poll(20, TimeUnit.SECONDS))
          .satisfies(c -> assertThat(c.getId()).isEqualTo("c1"));
      broker.stop();
      broker.start();
      agent.offer(message(2)).toCompletableFuture().get(20, TimeUnit.SECONDS);
      publish(broker, DeviceCommand.newBuilder().setId("c2").setVerb("reboot").build());
      assertThat(commands.poll(20, TimeUnit.SECONDS))
          .satisfies(c -> assertThat(c.getId()).isEqualTo("c2"));
    }
  }

  private static void publish(Mosquitto broker, DeviceCommand command) throws Exception {
    MqttClient client = new MqttClient(broker.uri(), "server", new MemoryPersistence());
    client.connect();
    client.publish("v1/commands", new MqttMessage(new byte[] {1, 2, 3}, 1, false, null));
    client.publish("v1/commands", new MqttMessage(command.toByteArray(), 1, false, null));
    client.disconnect();
    client.close();
  }

  @Test
  void window_wider_than_the_brokers_receive_maximum_is_no_failure() throws Exception {
    try (Mosquitto broker =
            new Mosquitto(folder, "allow_anonymous true\nmax_inflight_messages 3\n");
        Agent agent = agent(new MqttLink(broker.uri(), "device", null), 64)) {
      List<CompletableFuture<Ack>> told = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        told.add(agent.offer(message(i)).toCompletableFuture());
      }
      agent.start();
      CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void loss_is_told_once_for_each_connection_and_never_by_an_earlier_one() throws Exception {
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true\n")) {
      MqttLink link = new MqttLink(broker.uri(), "device", null);
      AtomicInteger first = new AtomicInteger();
      link.connect(commands::add, first::incrementAndGet);
      CountDownLatch second = new CountDownLatch(2);
      link.connect(commands::add, second::countDown);
      broker.stop();
      assertThatThrownBy(
              () ->
                  link.send(message(1)).toCompletableFuture().get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LinkException.class);
      assertThat(first).hasValue(0);
      assertThat(second.await(300, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(second.getCount()).isEqualTo(1);
      link.close();
    }
  }

  @Test
  void rejected_message_is_no_failure_of_the_connection() throws Exception {
    Path rules = folder.resolve("acl");
    Files.writeString(rules, "topic read v1/commands\ntopic write v1/telemetry\n");
    try (Mosquitto broker =
            new Mosquitto(folder, "allow_anonymous true\nacl_file " + rules + "\n");
        Agent agent = agent(new MqttLink(broker.uri(), "device", null), 4)) {
      agent.start();
      CompletableFuture<Ack> no =
          agent.offer(new Message("v1/faults", new byte[1])).toCompletableFuture();
      CompletableFuture<Ack> yes = agent.offer(message(1)).toCompletableFuture();
      assertThat(no.get(20, TimeUnit.SECONDS)).isEqualTo(new Ack(false, "0x87"));
      assertThat(yes.get(20, TimeUnit.SECONDS)).isEqualTo(Ack.STORED);
    }
  }

  @Test
  void credentials_that_are_refused_are_told_apart_from_an_absent_server() throws Exception {
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous false\n")) {
      MqttLink wrong = new MqttLink(broker.uri(), "device", "no such token");
      assertThatThrownBy(() -> wrong.connect(commands::add, () -> {}))
          .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.refused()).isTrue());
      broker.stop();
      assertThatThrownBy(() -> wrong.connect(commands::add, () -> {}))
          .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.refused()).isFalse());
    }
    assertThatThrownBy(
            () -> new MqttLink("no address", "device", null).connect(commands::add, () -> {}))
        .isInstanceOf(LinkException.class);
  }

  @Test
  void connections_that_fail_leave_no_threads() throws Exception {
    int before = threads();
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous false\n")) {
      for (int i = 0; i < 20; i++) {
        MqttLink link = new MqttLink(broker.uri(), "device", "wrong");
        assertThatThrownBy(() -> link.connect(commands::add, () -> {}))
            .isInstanceOf(LinkException.class);
      }
    }
    assertThat(threads() - before).isLessThan(10);
  }

  private static int threads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("MQTT"))
            .count();
  }
}
