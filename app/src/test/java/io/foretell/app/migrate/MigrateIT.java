package io.foretell.app.migrate;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.foretell.app.Config;
import io.foretell.app.Stores;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.app.journey.Sender;
import io.foretell.app.journey.Tool;
import io.foretell.ingest.engine.rocksdb.FillingStore;
import io.foretell.proto.HistoryServer;
import io.foretell.proto.KafkaBroker;
import io.foretell.proto.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An installation that grows up and comes back: embedded, then on real Kafka, PostgreSQL and
 * InfluxDB, then embedded again, with its devices on MQTT. People see the same each time.
 */
final class MigrateIT {
  private static final List<String> DEVICES = List.of("truck-1", "truck-2", "truck-3");
  private static final String[] RULES = {
    "diagnostics.lateness", "200ms",
    "diagnostics.healing-period", "1s",
    "history.retention", "flow: 1h, 1m for 30d"
  };

  @TempDir Path folder;
  private final Map<String, Identity> identities = new HashMap<>();
  private long erased;

  @Test
  void installation_movesThereAndBack_andGoesOnAsIfItHadNot() throws IOException {
    Path data = folder.resolve("data");
    Map<String, JsonNode> before;
    String command;
    try (RunningServer server = RunningServer.in(data, RULES)) {
      fill(server);
      command = command(server);
      DEVICES.forEach(device -> await(device + " is gone", () -> gone(server, device)));
      before = seen(server);
      server.conserved();
      Foretell.Ran running = migrate("distributed", config("unused", "http://127.0.0.1:9"), data);
      assertRefused(running, data + " is in use by another process (");
    }

    try (HistoryServer influxd =
        HistoryServer.influx(Files.createDirectory(folder.resolve("influx")))) {
      Path config = config("p" + ProcessHandle.current().pid(), influxd.url().toString());
      JsonNode counted = done(migrate("distributed", config, data, "--dry-run"));
      assertThat(counted.path("dryRun").asBoolean()).isTrue();
      assertThat(data.resolve("lanes")).isDirectory();

      JsonNode grown = done(migrate("distributed", config, data));

      assertVerified(grown);
      grown
          .path("kinds")
          .properties()
          .forEach(
              kind ->
                  assertThat(kind.getValue().path("source"))
                      .as(kind.getKey())
                      .isEqualTo(counted.path("kinds").path(kind.getKey()).path("source")));
      assertThat(data.resolve("lanes")).doesNotExist();
      assertThat(Path.of(grown.path("aside").asText()).resolve("lanes")).isDirectory();
      assertAloneIsRefused(data);
      assertRefused(migrate("distributed", config, another()), "already", "engine.kafka.prefix");
      distributed(data, config, before, command);

      JsonNode back = done(migrate("embedded", config, data));
      assertVerified(back);
      assertRefused(migrate("embedded", config, data), "were moved away");
      assertThat(Foretell.run("serve", "--config", config + "", "--data", folder + "/x").err())
          .contains("were moved away");
    }
    try (RunningServer server = RunningServer.in(data, RULES)) {
      assertThat(tickets(server)).hasSize(3);
      assertThat(server.conserved().path("erased").asLong()).isEqualTo(erased);
      assertThat(state(server, "truck-1", command)).isEqualTo("DELIVERED");
      again(server, "truck-1", "P0301", 3);
      healed(server, "truck-3");
      server.conserved();
    }
  }

  /** On the brokers: the same is seen, and it goes on. */
  private void distributed(Path data, Path config, Map<String, JsonNode> before, String command)
      throws IOException {
    try (RunningServer server = RunningServer.in(data, flags(config))) {
      assertThat(server.conserved().path("erased").asLong()).isEqualTo(erased);
      assertSame(before, seen(server));
      try (Tool listener = listener(server, "truck-1")) {
        assertThat(listener.ended().exit()).as(listener.said()).isZero();
        assertThat(listener.said()).contains(command);
        assertThat(listener.lines()).hasSize(1);
      }
      await("the delivery", () -> state(server, "truck-1", command).equals("DELIVERED"));
      again(server, "truck-1", "P0301", 2);
      send(server, "truck-3", "faults", "{\"code\":\"P0171\",\"status\":47}");
      await("a ticket of now", () -> tickets(server).size() == 3);
      send(server, "truck-1", "telemetry", "{\"engine.coolant\":70.5}");
      send(server, "truck-1", "telemetry", "no telemetry");
      await("a reject of now", () -> server.rejects("truck-1").size() == 2);
      server.conserved();
    }
  }

  private void fill(RunningServer server) {
    DEVICES.forEach(device -> identities.put(device, server.add(device)));
    for (int i = 0; i < 40; i++) {
      long t = System.currentTimeMillis() - 60_000 + 1_000L * i;
      send(server, "truck-1", "telemetry", "{\"t\":" + t + ",\"engine.coolant\":" + (80 + i) + "}");
    }
    send(server, "truck-1", "telemetry", "{\"engine.coolant\":\"hot\"}");
    send(server, "truck-1", "faults", "{\"code\":\"P0301\",\"status\":47}");
    send(server, "truck-2", "faults", "{\"code\":\"P0420\",\"status\":47}");
    await("two tickets", () -> tickets(server).size() == 2);
    healed(server, "truck-2");
    await("the proof", () -> ticket(server, "truck-2").path("state").asText().equals("VERIFIED"));
    send(server, "truck-2", "faults", "{\"code\":\"P0420\",\"status\":47}");
    await("a relapse", () -> ticket(server, "truck-2").path("state").asText().equals("REOPENED"));
    String id = ticket(server, "truck-1").path("id").asText();
    server.api().post("/tickets/" + id + "/assign", Map.of(), Map.of("by", "ann", "owner", "bob"));
    server
        .api()
        .post("/tickets/" + id + "/comment", Map.of(), Map.of("by", "bob", "text", "Zündkerze?"));
    campaign(server);
    aged(server);
    erased(server);
    await("the reject", () -> !server.rejects("truck-1").isEmpty());
  }

  /** Samples of yesterday, which become buckets. */
  private void aged(RunningServer server) {
    long old = Math.floorDiv(System.currentTimeMillis() - 86_400_000, 60_000) * 60_000;
    for (int i = 0; i < 4; i++) {
      send(server, "truck-1", "telemetry", "{\"t\":" + (old + 20_000 * i) + ",\"flow\":" + i + "}");
    }
    await(
        "they are folded",
        () -> {
          long folded = 0;
          for (JsonNode item : server.items("/devices/truck-1/history", Map.of("signal", "flow"))) {
            folded += item.path("count").asLong();
          }
          return folded == 4;
        });
  }

  /** Of a device that was erased only its places and the proof are left. */
  private void erased(RunningServer server) {
    identities.put("gone", server.add("gone"));
    send(server, "gone", "telemetry", "{\"engine.coolant\":70}");
    send(server, "gone", "telemetry", "{\"engine.coolant\":\"cold\"}");
    send(server, "gone", "faults", "{\"code\":\"P0300\",\"status\":47}");
    await("its ticket", () -> tickets(server).size() == 3);
    server.conserved();
    server.api().post("/devices/gone/erasure", Map.of(), Map.of("by", "privacy"));
    assertThat(tickets(server)).hasSize(2);
    erased = server.conserved().path("erased").asLong();
    assertThat(erased).isGreaterThanOrEqualTo(3);
  }

  private static void campaign(RunningServer server) {
    ApiClient api = server.api();
    String digest =
        api.upload(
                "/artifacts",
                Map.of("name", "fix", "component", "ecu", "version", "1.0.1", "model", "journey"),
                new byte[] {1, 2, 3})
            .path("digest")
            .asText();
    Map<String, Object> rule =
        Map.of("maxFailedShare", 0.1, "maxRolledBack", 0, "silenceSeconds", 600);
    String campaign =
        api.post(
                "/campaigns",
                Map.of(),
                Map.of(
                    "artifact",
                    digest,
                    "fixes",
                    "fault:obd:P0171",
                    "selection",
                    Map.of("devices", List.of("truck-3")),
                    "waves",
                    List.of(Map.of("count", 1, "haltRule", rule))))
            .path("id")
            .asText();
    api.post("/campaigns/" + campaign + "/start", Map.of(), Map.of("by", "engineer"));
    await("its command", () -> !server.items("/devices/truck-3/commands", Map.of()).isEmpty());
  }

  private static String command(RunningServer server) {
    String id =
        server
            .api()
            .post(
                "/devices/truck-1/commands",
                Map.of(),
                Map.of("verb", "read-faults", "expiresIn", 3600))
            .path("id")
            .asText();
    await("it waits", () -> state(server, "truck-1", id).equals("QUEUED"));
    return id;
  }

  /** Whether the last that a device did, which is to leave, is in its state. */
  private static boolean gone(RunningServer server, String device) {
    JsonNode shown = server.api().get("/devices/" + device, Map.of());
    JsonNode presence = shown.path("presence");
    return !presence.path("online").asBoolean()
        && shown.path("lastSeen").asLong() >= presence.path("since").asLong();
  }

  /** What people see, without what passes with time and connections. */
  private static Map<String, JsonNode> seen(RunningServer server) {
    Map<String, JsonNode> seen = new TreeMap<>();
    List<String> paths =
        new ArrayList<>(List.of("/artifacts", "/webhooks", "/rejects", "/erasures"));
    for (String device : DEVICES) {
      paths.add("/devices/" + device);
      paths.add("/devices/" + device + "/faults?healed=true");
      paths.add("/devices/" + device + "/commands");
      paths.add("/devices/" + device + "/signals");
      paths.add("/devices/" + device + "/history?signal=engine.coolant");
      paths.add("/devices/" + device + "/history?signal=flow");
    }
    server.items("/tickets", Map.of()).forEach(t -> paths.add("/tickets/" + t.path("id").asText()));
    for (JsonNode campaign : server.items("/campaigns", Map.of())) {
      paths.add("/campaigns/" + campaign.path("id").asText());
      paths.add("/campaigns/" + campaign.path("id").asText() + "/devices");
    }
    for (String path : paths) {
      String[] parts = path.split("[?=]");
      Map<String, String> query = parts.length == 3 ? Map.of(parts[1], parts[2]) : Map.of();
      JsonNode answer = server.api().get(parts[0], query);
      if (answer instanceof ObjectNode object) {
        object.remove(List.of("presence", "stream", "sla"));
      }
      seen.put(path, answer);
    }
    return seen;
  }

  private static void assertSame(Map<String, JsonNode> before, Map<String, JsonNode> after) {
    assertThat(after.keySet()).isEqualTo(before.keySet());
    before.forEach((path, answer) -> assertThat(after.get(path)).as(path).isEqualTo(answer));
    assertThat(before.get("/devices/truck-1/history?signal=engine.coolant").path("items"))
        .hasSize(40);
    assertThat(before.get("/devices/truck-1/history?signal=flow").path("items"))
        .hasSize(2)
        .allMatch(bucket -> bucket.has("count"));
    assertThat(before.get("/erasures").path("items")).hasSize(1);
  }

  /** The fault is told again: it is the same problem. */
  private void again(RunningServer server, String device, String code, int open) {
    int tickets = tickets(server).size();
    String id = ticket(server, device).path("id").asText();
    send(server, device, "faults", "{\"code\":\"" + code + "\",\"status\":47}");
    send(server, device, "telemetry", "{\"told.again\":" + open + "}");
    await(
        "the sample behind it",
        () ->
            server.items("/devices/" + device + "/history", Map.of("signal", "told.again")).stream()
                .anyMatch(sample -> sample.path("value").asInt() == open));
    server.conserved();
    assertThat(tickets(server)).hasSize(tickets);
    assertThat(ticket(server, device).path("id").asText()).isEqualTo(id);
  }

  /** The device says that its faults are gone, and something else after the healing period. */
  private void healed(RunningServer server, String device) {
    send(server, device, "faults", "{\"complete\":true,\"codes\":[]}");
    long healed = System.currentTimeMillis() + 1_500;
    await("the healing period", () -> System.currentTimeMillis() > healed);
    send(server, device, "telemetry", "{\"engine.coolant\":91.5}");
    await("the proof", () -> ticket(server, device).path("state").asText().equals("VERIFIED"));
  }

  /** Another installation, which finds that the place is taken. */
  private Path another() throws IOException {
    Path other = folder.resolve("another");
    try (FillingStore filling = FillingStore.in(other.resolve(Stores.LANES), 4)) {
      filling.filled().close();
    }
    Stores.records(Config.of(Optional.empty(), Map.of(), Map.of("data", other + ""))).close();
    return Files.writeString(other.resolve("admin.token"), "token").getParent();
  }

  private void assertAloneIsRefused(Path data) {
    assertRefused(
        Foretell.run("serve", "--data", data + ""), "was moved to", "engine.kafka.bootstrap");
  }

  private static void assertRefused(Foretell.Ran ran, String... words) {
    assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err()).contains(words).doesNotContain("\tat ");
  }

  private static void assertVerified(JsonNode report) {
    assertThat(report.path("verified").asBoolean()).as(report.toString()).isTrue();
    JsonNode kinds = report.path("kinds");
    for (String kind :
        List.of(
            "lane.uplink",
            "lane.findings",
            "lane.tickets",
            "lane.commands",
            "lane.rejects",
            "states",
            "offsets",
            "given",
            "history",
            "history.buckets",
            "records.device",
            "records.erasure",
            "records.desk_ticket",
            "records.desk_timeline",
            "records.ota_campaign",
            "records.command")) {
      assertThat(kinds.path(kind).path("target").asLong()).as(kind).isPositive();
    }
    kinds.forEach(kind -> assertThat(kind.path("same").asBoolean()).isTrue());
  }

  private static JsonNode done(Foretell.Ran ran) throws JsonProcessingException {
    assertThat(ran.exit()).as(ran.err() + ran.out()).isZero();
    return ApiClient.JSON.readTree(ran.out());
  }

  private static Foretell.Ran migrate(String to, Path config, Path data, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of("migrate", "--to", to, "--config", config + "", "--data", data + "", "--json"));
    command.addAll(List.of(more));
    return Foretell.run(command.toArray(String[]::new));
  }

  private Path config(String prefix, String influx) throws IOException {
    return Files.writeString(
        folder.resolve(prefix + ".yaml"),
        String.join(
            "\n",
            "engine.kafka.bootstrap: " + KafkaBroker.shared().bootstrap(),
            "engine.kafka.prefix: " + prefix,
            "records.url: " + PostgresServer.shared().schemaOf(folder),
            "history.influx.url: " + influx,
            ""));
  }

  private static String[] flags(Path config) throws IOException {
    List<String> flags = new ArrayList<>(List.of(RULES));
    for (String line : Files.readAllLines(config)) {
      flags.addAll(List.of(line.split(": ", 2)));
    }
    return flags.toArray(String[]::new);
  }

  private void send(RunningServer server, String device, String route, String payload) {
    Identity identity = identities.get(device);
    assertThat(identity).isNotNull();
    Tool.Ran ran =
        Sender.MQTT_5.send(server, identity, route, "application/json", payload.getBytes(UTF_8));
    assertThat(Sender.MQTT_5.acknowledged(ran)).as(device + ": " + ran).isTrue();
  }

  private Tool listener(RunningServer server, String device) {
    Identity identity = identities.get(device);
    assertThat(identity).isNotNull();
    return Tool.start(
        "mosquitto_sub",
        "-V",
        "mqttv5",
        "-h",
        "127.0.0.1",
        "-p",
        server.port("mqtt") + "",
        "-i",
        device,
        "-u",
        device,
        "-P",
        identity.token(),
        "-q",
        "1",
        "-W",
        "80",
        "-C",
        "1",
        "-t",
        "v1/commands/json");
  }

  private static List<JsonNode> tickets(RunningServer server) {
    return server.items("/tickets", Map.of());
  }

  private static JsonNode ticket(RunningServer server, String device) {
    return tickets(server).stream()
        .filter(ticket -> ticket.path("device").asText().equals(device))
        .findFirst()
        .orElse(ApiClient.JSON.missingNode());
  }

  private static String state(RunningServer server, String device, String command) {
    return server.items("/devices/" + device + "/commands", Map.of()).stream()
        .filter(found -> found.path("id").asText().equals(command))
        .map(found -> found.path("state").asText())
        .findFirst()
        .orElse("none");
  }
}
