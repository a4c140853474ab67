package io.foretell.app.journey;

import static io.foretell.app.journey.ErasureIT.GONE;
import static io.foretell.app.journey.ErasureIT.GONE_MARK;
import static io.foretell.app.journey.ErasureIT.KEPT;
import static io.foretell.app.journey.ErasureIT.KEPT_MARK;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.proto.HistoryServer;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same on real Kafka, PostgreSQL and InfluxDB: no byte of the erased device can be read, and
 * nothing of the other is touched.
 */
final class DistributedErasureIT {
  private static final String PREFIX = "erasure-" + ProcessHandle.current().pid();

  /** Who the gateway is to the database, so that it alone can be kept out. */
  private static final String GATE = "gate";

  private static final String ALL = "gateway,worker,desk";

  @TempDir Path folder;

  @Test
  void device_thatIsErased_cannotBeReadAgain_andTheOtherIsAsItWas() throws Exception {
    Path shared = folder.resolve("shared");
    Map<String, JsonNode> before = new HashMap<>();
    JsonNode proof;
    Identity gone;
    try (HistoryServer influxd =
        HistoryServer.influx(Files.createDirectory(folder.resolve("influx")))) {
      String records = PostgresServer.shared().schemaOf(folder);
      try (RunningServer server = server("one", PREFIX, shared + "", records, influxd, ALL)) {
        gone = server.add(GONE);
        Identity kept = server.add(KEPT);
        ErasureIT.live(server, gone, GONE_MARK);
        ErasureIT.live(server, kept, KEPT_MARK);
        server.conserved();
        ErasureIT.remember(server, before);
        assertThat(keys(records, GONE)).isEqualTo(1);

        Foretell.Ran erased = cli(server, "erase", GONE, "--yes", "--by", "mrs.gone", "--json");
        assertThat(erased.exit()).as(erased.err()).isZero();
        proof = ApiClient.JSON.readTree(erased.out());

        JsonNode counts = proof.path("counts");
        assertThat(counts.path("samples").asLong()).isGreaterThanOrEqualTo(40);
        assertThat(counts.path("lane:uplink").asLong()).isGreaterThanOrEqualTo(42);
        assertThat(counts.path("lane:rejects").asLong()).isEqualTo(1);
        assertThat(counts.path("lane:findings").asLong()).isPositive();
        assertThat(counts.path("row:desk_ticket").asLong()).isEqualTo(1);
        assertThat(counts.path("states").asLong()).isEqualTo(1);
        assertThat(counts.path("keys").asLong()).isPositive();
        assertThat(counts + "").doesNotContain("clear:");
        assertErased(server, records, gone, before, proof);
      }
      // With nothing but what is on the topics and in the databases.
      try (RunningServer server = server("other", PREFIX, shared + "", records, influxd, ALL)) {
        assertErased(server, records, gone, before, proof);
      }
    }
  }

  @Test
  void device_connectedAtAnotherProcess_isCutThereAndErased_alsoIfThatCannotBeReached()
      throws Exception {
    String shared = folder.resolve("shared") + "";
    try (HistoryServer influxd =
        HistoryServer.influx(Files.createDirectory(folder.resolve("influx")))) {
      String records = PostgresServer.shared().schemaOf(folder);
      String prefix = PREFIX + "-two";
      sql(records, "CREATE ROLE " + GATE + " LOGIN SUPERUSER");
      String gates = records.replace("user=" + PostgresServer.USER, "user=" + GATE);
      try (RunningServer desk = server("desk", prefix, shared, records, influxd, "worker,desk");
          RunningServer gate = server("gate", prefix, shared, gates, influxd, "gateway")) {
        erasesWhatIsElsewhere(desk, gate, records);
        cutsWhatWasErasedMeanwhile(desk, gate, records);
      } finally {
        sql(records, "DROP ROLE " + GATE);
      }
    }
  }

  private void erasesWhatIsElsewhere(RunningServer desk, RunningServer gate, String records)
      throws Exception {
    Identity gone = desk.add(GONE);
    try (MqttClient device = client(gate, gone)) {
      connect(device, gone);
      byte[] payload = "{\"engine.coolant\": 91.5}".getBytes(ISO_8859_1);
      for (int i = 0; i < 5; i++) {
        device.publish("v1/telemetry", payload, 1, false);
      }
      RunningServer.await("the desk knows that it is there", () -> online(desk, gone));

      Foretell.Ran erased = cli(desk, "erase", GONE, "--yes", "--by", "mrs.gone", "--json");

      assertThat(erased.exit()).as(erased.err()).isZero();
      JsonNode counts = ApiClient.JSON.readTree(erased.out()).path("counts");
      assertThat(counts.path("lane:uplink").asLong()).isGreaterThanOrEqualTo(6);
      RunningServer.await("the device sees that it is cut off", () -> !device.isConnected());
      assertThatExceptionOfType(MqttException.class).isThrownBy(() -> connect(device, gone));
      assertThat(keys(records, GONE)).isZero();
      RunningServer.await("the list is empty", () -> desk.items("/devices", Map.of()).isEmpty());
    }
  }

  /** Nobody can call a gateway while it has no database; it makes good for it when it has one. */
  private void cutsWhatWasErasedMeanwhile(RunningServer desk, RunningServer gate, String records)
      throws Exception {
    Identity late = desk.add("late");
    Identity barred = desk.add("barred");
    Identity stays = desk.add("stays");
    try (MqttClient one = client(gate, late);
        MqttClient two = client(gate, barred);
        MqttClient three = client(gate, stays)) {
      connect(one, late);
      connect(two, barred);
      connect(three, stays);
      for (Identity device : List.of(late, barred, stays)) {
        RunningServer.await("the desk knows all", () -> online(desk, device));
      }
      sql(records, "ALTER ROLE " + GATE + " NOLOGIN");
      sql(
          records,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + GATE + "'");
      RunningServer.await("the desk takes the gateway for dead", () -> !online(desk, late));
      Foretell.Ran erased = cli(desk, "erase", "late", "--yes", "--by", "mrs.gone");
      assertThat(erased.exit()).as(erased.err()).isZero();
      assertThat(cli(desk, "revoke", "barred").exit()).isZero();
      assertThat(one.isConnected() && two.isConnected()).as("both are still there").isTrue();

      sql(records, "ALTER ROLE " + GATE + " LOGIN");

      RunningServer.await("both are cut", () -> !one.isConnected() && !two.isConnected());
      assertThatExceptionOfType(MqttException.class).isThrownBy(() -> connect(one, late));
      assertThatExceptionOfType(MqttException.class).isThrownBy(() -> connect(two, barred));
      RunningServer.await("the third is there again", () -> online(desk, stays));
      assertThat(three.isConnected()).isTrue();
      assertThat(count(records, "lane_key", "late")).isZero();
      assertThat(count(records, "presence", "late")).isZero();
      RunningServer.await("the second has left", () -> !online(desk, barred));
      three.disconnect();
    }
  }

  private static MqttClient client(RunningServer gate, Identity as) throws MqttException {
    return new MqttClient(
        "tcp://127.0.0.1:" + gate.port("mqtt"), as.device(), new MemoryPersistence());
  }

  private static void connect(MqttClient device, Identity as) throws MqttException {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setUserName(as.device());
    options.setPassword(as.token().toCharArray());
    device.connect(options);
  }

  private static boolean online(RunningServer server, Identity of) {
    JsonNode device = server.api().get("/devices/" + of.device(), Map.of());
    return device.path("presence").path("online").asBoolean();
  }

  private void assertErased(
      RunningServer server,
      String records,
      Identity gone,
      Map<String, JsonNode> before,
      JsonNode proof)
      throws Exception {
    assertThat(keys(records, GONE)).isZero();
    assertThat(keys(records, KEPT)).isEqualTo(1);
    List<String> values = values();
    assertThat(values).hasSizeGreaterThan(100);
    assertThat(values).noneMatch(value -> value.contains(GONE_MARK) || value.contains(GONE));
    assertThat(ErasureIT.samples(server, KEPT)).isNotEmpty();
    ErasureIT.assertGone(server, gone);
    ErasureIT.assertAsBefore(server, before);
    ErasureIT.assertBalance(server);
    ErasureIT.assertProof(server, proof);
    Foretell.Ran exported = cli(server, "export", GONE, "--file", folder.resolve("gone.zip") + "");
    assertThat(exported.exit()).isEqualTo(1);
    assertThat(exported.err()).contains("NOT_FOUND");
  }

  private static Foretell.Ran cli(RunningServer server, String... arguments) {
    List<String> all = new ArrayList<>(List.of("device"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--server", server.url(), "--token", server.token()));
    return Foretell.run(all.toArray(String[]::new));
  }

  private RunningServer server(
      String name,
      String prefix,
      String shared,
      String records,
      HistoryServer influxd,
      String roles) {
    return RunningServer.in(
        folder.resolve(name),
        "roles",
        roles,
        "shared",
        shared,
        "engine.kafka.bootstrap",
        KafkaBroker.shared().bootstrap(),
        "engine.kafka.prefix",
        prefix,
        "records.url",
        records,
        "history.influx.url",
        influxd.url().toString());
  }

  private static long keys(String records, String device) throws SQLException {
    return count(records, "lane_key", device);
  }

  /** How many rows of a table are about a device. */
  private static long count(String records, String table, String device) throws SQLException {
    try (Connection connection = DriverManager.getConnection(records, PostgresServer.USER, "");
        PreparedStatement select =
            connection.prepareStatement("SELECT COUNT(*) FROM " + table + " WHERE device = ?")) {
      select.setString(1, device);
      try (ResultSet row = select.executeQuery()) {
        assertThat(row.next()).isTrue();
        return row.getLong(1);
      }
    }
  }

  private static void sql(String records, String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection(records, PostgresServer.USER, "");
        Statement run = connection.createStatement()) {
      run.execute(statement);
    }
  }

  /** The value of every record of every topic, changelogs as well. */
  private static List<String> values() {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            KafkaBroker.shared().bootstrap(),
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false);
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> reader =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> all = new ArrayList<>();
      reader
          .listTopics()
          .forEach(
              (topic, parts) -> {
                if (topic.startsWith(PREFIX + ".")) {
                  parts.forEach(part -> all.add(new TopicPartition(topic, part.partition())));
                }
              });
      reader.assign(all);
      reader.seekToBeginning(all);
      Map<TopicPartition, Long> ends = reader.endOffsets(all);
      while (all.stream().anyMatch(p -> reader.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<byte[], byte[]> found : reader.poll(Duration.ofMillis(100))) {
          values.add(found.value() == null ? "" : new String(found.value(), ISO_8859_1));
        }
      }
    }
    return values;
  }
}
