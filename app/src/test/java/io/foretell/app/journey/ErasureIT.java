package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two devices of which one is erased: every byte of it goes, and nothing of the other. */
final class ErasureIT {
  static final String GONE = "truck-of-mrs-gone";
  static final String KEPT = "truck-of-mr-kept";
  static final String GONE_MARK = "marker.of.gone";
  static final String KEPT_MARK = "marker.of.kept";
  private static final long START = System.currentTimeMillis() - 3_600_000;

  @TempDir Path folder;

  @Test
  void device_thatIsErased_leavesNoByte_andTheOtherIsAsItWas() throws Exception {
    Path data = folder.resolve("data");
    Identity gone;
    Identity kept;
    Map<String, JsonNode> before = new HashMap<>();
    JsonNode proof;
    try (RunningServer server = RunningServer.in(data)) {
      gone = server.add(GONE);
      kept = server.add(KEPT);
      live(server, gone, GONE_MARK);
      live(server, kept, KEPT_MARK);
      server.conserved();
      remember(server, before);
      assertThat(bytesWith(data, GONE)).isNotEmpty();
      assertThat(bytesWith(data, GONE_MARK)).isNotEmpty();

      assertArchive(server, data);
      assertThat(Foretell.run("device", "erase", GONE, "--data", data + "").exit())
          .as("not meant")
          .isEqualTo(2);
      Foretell.Ran erased =
          Foretell.run(
              "device", "erase", GONE, "--yes", "--by", "mrs.gone", "--json", "--data", data + "");
      assertThat(erased.exit()).as(erased.err()).isZero();
      proof = ApiClient.JSON.readTree(erased.out());

      assertThat(proof.path("counts").path("samples").asLong()).isGreaterThanOrEqualTo(40);
      assertThat(proof.path("counts").path("lane:uplink").asLong()).isGreaterThanOrEqualTo(42);
      assertThat(proof.path("counts").path("row:desk_ticket").asLong()).isEqualTo(1);
      assertThat(proof.path("counts").path("states").asLong()).isPositive();
      assertGone(server, gone);
      assertAsBefore(server, before);
      assertBalance(server);
    }
    try (RunningServer server = RunningServer.in(data)) {
      assertGone(server, gone);
      assertAsBefore(server, before);
      assertBalance(server);
      assertThat(bytesWith(data, GONE)).isEmpty();
      assertThat(bytesWith(data, GONE_MARK)).isEmpty();
      assertThat(bytesWith(data, KEPT)).isNotEmpty();
      assertThat(bytesWith(data, KEPT_MARK)).isNotEmpty();
      assertProof(server, proof);

      Foretell.Ran replayed = Foretell.run("replay", "--data", data + "", "--json");
      assertThat(replayed.exit()).as(replayed.err()).isZero();
      JsonNode found = ApiClient.JSON.readTree(replayed.out());
      assertThat(found.path("same").asInt()).as(replayed.out()).isEqualTo(1);
      assertThat(found.path("gained").asInt() + found.path("lost").asInt()).isZero();
      assertThat(replayed.out()).doesNotContain(GONE);
      telemetry(server, kept, KEPT_MARK, 100);
      await(
          "the other goes on",
          () -> samples(server, KEPT).size() == before.get("samples").size() + 1);
      // A device of that name may come again, and is as new.
      Identity again = server.add(GONE);
      telemetry(server, again, GONE_MARK, 0);
      await("it is new", () -> samples(server, GONE).size() == 1);
    }
  }

  @Test
  void devices_ofAnOwner_areGivenOutAndErasedTogether() throws Exception {
    try (RunningServer server = RunningServer.in(folder.resolve("data"))) {
      for (String device : List.of("a-1", "a-2", "b-1")) {
        String owner = device.startsWith("a") ? "anna" : "ben";
        server
            .api()
            .post("/devices", Map.of(), Map.of("id", device, "labels", Map.of("owner", owner)));
      }
      Path archive = folder.resolve("anna.zip");
      Foretell.Ran exported =
          Foretell.run(
              "device",
              "export",
              "--owner",
              "anna",
              "--file",
              archive + "",
              "--data",
              server.data() + "");
      assertThat(exported.exit()).as(exported.err()).isZero();
      assertThat(files(archive)).containsKeys("a-1/device.json", "a-2/device.json");
      assertThat(files(archive)).doesNotContainKey("b-1/device.json");

      Foretell.Ran erased =
          Foretell.run(
              "device",
              "erase",
              "--owner",
              "anna",
              "--yes",
              "--json",
              "--data",
              server.data() + "");

      assertThat(erased.exit()).as(erased.err()).isZero();
      assertThat(erased.out().lines()).hasSize(2);
      awaitDevices(server, "b-1");
      assertThat(server.items("/erasures", Map.of())).hasSize(2);
      Foretell.Ran again =
          Foretell.run("device", "erase", "a-1", "--yes", "--data", server.data() + "");
      assertThat(again.exit()).isEqualTo(1);
      assertThat(again.err()).contains("NOT_FOUND");
      assertThat(server.items("/erasures", Map.of())).hasSize(2);
      assertThat(Foretell.run("device", "proofs", "--data", server.data() + "").exit()).isZero();
    }
  }

  /** A ticket, a reject, a command, and forty samples. */
  static void live(RunningServer server, Identity device, String mark) {
    for (int i = 0; i < 40; i++) {
      telemetry(server, device, mark, i);
    }
    send(server, Sender.MQTT_311, device, "telemetry", "{\"" + mark + "\":\"no number\"}");
    send(server, Sender.MQTT_5, device, "faults", "{\"code\":\"P0301\",\"status\":47}");
    server
        .api()
        .post(
            "/devices/" + device.device() + "/commands",
            Map.of(),
            Map.of("verb", "reboot", "arguments", Map.of("note", mark)));
    await("the command", () -> commands(server, device.device()).size() == 1);
    await("the ticket", () -> tickets(server, device.device()).size() == 1);
    await("the reject", () -> server.rejects(device.device()).size() == 1);
    await("the samples", () -> samples(server, device.device()).size() == 40);
    String ticket = tickets(server, device.device()).get(0).path("id").asText();
    server
        .api()
        .post(
            "/tickets/" + ticket + "/comment",
            Map.of(),
            Map.of("text", "called about " + device.device()));
  }

  private static void telemetry(RunningServer server, Identity device, String mark, int i) {
    String body = "{\"t\":" + (START + i * 1_000L) + ",\"" + mark + "\":" + i + "}";
    // Mostly the fast one; a broker's client of its own for a few.
    send(server, i % 20 == 7 ? Sender.MQTT_311 : Sender.HTTP, device, "telemetry", body);
  }

  private static void send(
      RunningServer server, Sender sender, Identity device, String route, String body) {
    Tool.Ran ran =
        sender.send(
            server,
            device,
            route,
            sender == Sender.HTTP ? "application/json" : "",
            body.getBytes(UTF_8));
    assertThat(sender.acknowledged(ran)).as(ran.toString()).isTrue();
  }

  private static List<JsonNode> tickets(RunningServer server, String device) {
    return server.items("/tickets", Map.of("device", device));
  }

  private static List<JsonNode> commands(RunningServer server, String device) {
    return server.items("/devices/" + device + "/commands", Map.of());
  }

  /** The list of devices is as it was up to a second ago. */
  private static void awaitDevices(RunningServer server, String... devices) {
    await(
        "the list of devices",
        () ->
            server.items("/devices", Map.of()).stream()
                .map(device -> device.path("id").asText())
                .toList()
                .equals(List.of(devices)));
  }

  static List<JsonNode> samples(RunningServer server, String device) {
    return server.items("/devices/" + device + "/history", Map.of());
  }

  static void remember(RunningServer server, Map<String, JsonNode> before) {
    ApiClient api = server.api();
    before.put("samples", api.get("/devices/" + KEPT + "/history", Map.of()).path("items"));
    before.put("faults", api.get("/devices/" + KEPT + "/faults", Map.of()).path("items"));
    before.put("commands", api.get("/devices/" + KEPT + "/commands", Map.of()).path("items"));
    before.put("ticket", api.get("/tickets", Map.of("device", KEPT)).path("items"));
  }

  static void assertAsBefore(RunningServer server, Map<String, JsonNode> before) {
    Map<String, JsonNode> now = new HashMap<>();
    remember(server, now);
    assertThat(now.get("samples")).isEqualTo(before.get("samples"));
    assertThat(now.get("faults")).hasSameSizeAs(before.get("faults"));
    assertThat(now.get("commands")).isEqualTo(before.get("commands"));
    assertThat(now.get("ticket")).hasSize(1);
    assertThat(server.rejects(KEPT)).hasSize(1);
  }

  static void assertGone(RunningServer server, Identity gone) {
    awaitDevices(server, KEPT);
    assertThat(tickets(server, GONE)).isEmpty();
    assertThat(server.rejects(GONE)).isEmpty();
    for (Sender sender : List.of(Sender.MQTT_311, Sender.HTTP, Sender.COAP)) {
      Tool.Ran ran =
          sender.send(server, gone, "telemetry", "application/json", "{\"a\":1}".getBytes(UTF_8));
      assertThat(sender.acknowledged(ran)).as(sender + ": " + ran).isFalse();
    }
  }

  static void assertBalance(RunningServer server) {
    assertThat(server.conserved().path("erased").asLong()).isGreaterThanOrEqualTo(42);
  }

  private void assertArchive(RunningServer server, Path data) throws Exception {
    Path archive = folder.resolve("gone.zip");
    Foretell.Ran exported =
        Foretell.run("device", "export", GONE, "--file", archive + "", "--data", data + "");
    assertThat(exported.exit()).as(exported.err()).isZero();
    Map<String, String> files = files(archive);
    assertThat(files)
        .containsKeys(
            GONE + "/device.json",
            GONE + "/history.json",
            GONE + "/faults.json",
            GONE + "/lanes/uplink.json",
            GONE + "/lanes/rejects.json",
            GONE + "/lanes/findings.json",
            GONE + "/lanes/commands.json",
            GONE + "/records/desk_ticket.json",
            GONE + "/records/desk_timeline.json",
            GONE + "/records/command.json",
            "manifest.json");
    assertThat(ApiClient.JSON.readTree(files.get(GONE + "/history.json"))).hasSize(40);
    assertThat(ApiClient.JSON.readTree(files.get(GONE + "/lanes/uplink.json")))
        .hasSizeGreaterThanOrEqualTo(42);
    assertThat(ApiClient.JSON.readTree(files.get(GONE + "/faults.json"))).hasSize(1);
    assertThat(files.get(GONE + "/device.json")).contains("token", "pre-shared key");
    String all = String.join("\n", files.values());
    assertThat(all).contains("called about " + GONE).doesNotContain("token_hash", "sealed_key");
    assertThat(all).doesNotContain(KEPT);
    assertThat(server.items("/erasures", Map.of())).isEmpty();
  }

  static void assertProof(RunningServer server, JsonNode proof) throws Exception {
    JsonNode kept = server.api().get("/erasures", Map.of());
    assertThat(kept.path("sound").asBoolean()).isTrue();
    assertThat(kept.path("items")).hasSize(1);
    JsonNode only = kept.path("items").get(0);
    assertThat(only.path("digest")).isEqualTo(proof.path("digest"));
    assertThat(only.path("by").asText()).isEqualTo("mrs.gone");
    assertThat(only.toString()).doesNotContain(GONE).doesNotContain("receipt");
    // Who has the receipt can tell whom it is about.
    String claim = proof.path("receipt").asText() + "\n" + GONE + "@default";
    byte[] subject = MessageDigest.getInstance("SHA-256").digest(claim.getBytes(UTF_8));
    assertThat(only.path("subject").asText()).isEqualTo(HexFormat.of().formatHex(subject));
  }

  private static Map<String, String> files(Path archive) throws IOException {
    Map<String, String> files = new HashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), new String(zip.readAllBytes(), UTF_8));
      }
    }
    return files;
  }

  private static List<Path> bytesWith(Path folder, String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
    }
    return found;
  }
}
