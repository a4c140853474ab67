package io.foretell.agent.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.agent.Ack;
import io.foretell.agent.Agent;
import io.foretell.agent.LinkException;
import io.foretell.agent.MemorySpool;
import io.foretell.agent.Message;
import io.foretell.proto.Await;
import io.foretell.proto.v1.DeviceCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MqttLinkIT {
  private static final int MESSAGES = 300;

  @TempDir Path folder;

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final BlockingQueue<DeviceCommand> commands = new LinkedBlockingQueue<>();

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

  /** Somebody at the server's side, for whom the broker keeps what comes, over its restarts. */
  private static MqttClient reader(Mosquitto broker, BlockingQueue<String> heard)
      throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setSessionExpiryInterval(3600L);
    MqttClient reader = new MqttClient(broker.uri(), "reader", new MemoryPersistence());
    reader.setCallback(
        new MqttCallback() {
          @Override
          public void messageArrived(String topic, MqttMessage message) {
            heard.add(new String(message.getPayload(), UTF_8));
          }

          @Override
          public void disconnected(MqttDisconnectResponse response) {}

          @Override
          public void mqttErrorOccurred(MqttException e) {}

          @Override
          public void deliveryComplete(IMqttToken token) {}

          @Override
          public void connectComplete(boolean reconnect, String uri) {}

          @Override
          public void authPacketArrived(int code, MqttProperties properties) {}
        });
    reader.connect(options);
    return reader;
  }

  @Test
  void broker_that_stops_and_comes_back_costs_no_message() throws Exception {
    String keeping =
        "allow_anonymous true\npersistence true\npersistence_location "
            + folder
            + "/\nmax_queued_messages 0\n";
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Mosquitto broker = new Mosquitto(folder, keeping);
        Agent agent = agent(new MqttLink(broker.uri(), "device", null), 16)) {
      MqttClient before = reader(broker, heard);
      before.subscribe("v1/telemetry", 1);
      before.disconnect();
      before.close();
      List<CompletableFuture<Ack>> told = new ArrayList<>();
      agent.start();
      for (int i = 0; i < MESSAGES; i++) {
        told.add(agent.offer(message(i)).toCompletableFuture());
        if (i % 100 == 50) {
          told.get(i - 30).get(60, TimeUnit.SECONDS);
          broker.stop();
        } else if (i % 100 == 99) {
          assertThat(told.get(i)).isNotDone();
          broker.start();
        }
      }
      CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).get(90, TimeUnit.SECONDS);
      assertThat(told).allSatisfy(f -> assertThat(f.get()).isEqualTo(Ack.STORED));
      assertThat(agent.backlog()).isZero();
      MqttClient after = reader(broker, heard);
      Set<String> different = new HashSet<>();
      while (different.size() < MESSAGES) {
        String next = heard.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("after %d messages", different.size()).isNotNull();
        different.add(next);
      }
      after.disconnect();
      after.close();
    }
  }

  @Test
  void command_that_is_published_arrives_also_after_a_restart_of_the_broker() throws Exception {
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true\n");
        Agent agent = agent(new MqttLink(broker.uri(), "device", null), 4)) {
      agent.start();
      agent.offer(message(1)).toCompletableFuture().get(60, TimeUnit.SECONDS);
      publish(broker, DeviceCommand.newBuilder().setId("c1").setVerb("reboot").build());
      assertThat(commands.poll(60, TimeUnit.SECONDS))
          .satisfies(c -> assertThat(c.getId()).isEqualTo("c1"));
      broker.kill();
      broker.start();
      agent.offer(message(2)).toCompletableFuture().get(60, TimeUnit.SECONDS);
      publish(broker, DeviceCommand.newBuilder().setId("c2").setVerb("reboot").build());
      assertThat(commands.poll(60, TimeUnit.SECONDS))
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
      CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).get(90, TimeUnit.SECONDS);
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
      broker.kill();
      assertThatThrownBy(
              () -> link.send(message(1)).toCompletableFuture().get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(LinkException.class);
      Await.until("the loss is told", () -> second.getCount() < 2);
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
      assertThat(no.get(60, TimeUnit.SECONDS)).isEqualTo(new Ack(false, "0x87"));
      assertThat(yes.get(60, TimeUnit.SECONDS)).isEqualTo(Ack.STORED);
    }
  }

  @Test
  void credentials_that_are_refused_are_told_apart_from_an_absent_server() throws Exception {
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous false\n")) {
      MqttLink wrong = new MqttLink(broker.uri(), "device", "no such token");
      assertThatThrownBy(() -> wrong.connect(commands::add, () -> {}))
          .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.refused()).isTrue());
      broker.kill();
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
    Await.until("they have ended", () -> threads() - before < 10);
  }

  private static int threads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("MQTT"))
            .count();
  }
}
