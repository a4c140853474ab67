package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.Config;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Raw frames at the front door, decoded by the manifest of the device's model. */
final class ManifestIT {
  private static final String MANIFEST =
      """
      {"manifest": "truck", "version": %d, "models": ["truck-*"],
       "buses": {
         "can0": {"protocol": "j1939"},
         "can1": {"dbc": ["body.dbc"],
                  "mapping": {"Body.Level": {"to": "Vehicle.Fuel", "factor": %s},
                              "Body.Alarm": "Vehicle.Body.Alarm"}}},
       "tables": ["acme.table.json"],
       "spn": {"0": 1}}
      """;
  private static final String TABLE =
      """
      {"table": "acme", "version": 1, "maker": "Acme", "registers": [
        {"name": "Vehicle.Body.Alarm", "system": "body", "kind": "bits", "codes": [
          {"bit": 1, "code": "A01", "text": "Cargo door open", "urgency": "critical",
           "causes": ["Latch"], "check": "Close the door"}]}]}
      """;

  @TempDir static Path data;
  @TempDir static Path manifests;
  private static RunningServer server;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(
        manifests.resolve("body.dbc"),
        "BO_ 256 Body: 8 X\n"
            + " SG_ Level : 0|8@1+ (2,0) [0|0] \"\" X\n"
            + " SG_ Alarm : 8|8@1+ (1,0) [0|0] \"\" X\n");
    Files.writeString(manifests.resolve("acme.table.json"), TABLE);
    Files.writeString(manifests.resolve("old.manifest.json"), MANIFEST.formatted(1, "100"));
    Files.writeString(manifests.resolve("new.manifest.json"), MANIFEST.formatted(2, "0.5"));
    server =
        RunningServer.in(
            data, "diagnostics.lateness", "200ms", "manifests.dir", manifests.toString());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void frames_become_signals_faults_and_tickets_by_the_manifest_of_the_model()
      throws JsonProcessingException {
    Identity truck = device("lorry", "truck-2016");
    long t = System.currentTimeMillis() - 5_000;

    // Engine speed 621/min; a DM1 of source 0 that packs its SPN as version 1 says, and does not
    // say so; then the maker's own message with its alarm register.
    send(truck, t, "can0", "8CF00400", "F07D87681300FFFF");
    send(truck, t + 10, "can0", "98FECA00", "04FF000CC301FFFF");
    send(truck, t + 20, "can1", "00000100", "0A02000000000000");

    await(
        "the signals",
        () ->
            signals(truck)
                .keySet()
                .containsAll(
                    List.of(
                        "Vehicle.Powertrain.CombustionEngine.Speed",
                        "Vehicle.Fuel",
                        "Vehicle.Body.Alarm",
                        "decoder.truck")));
    assertThat(signals(truck))
        .containsEntry("Vehicle.Powertrain.CombustionEngine.Speed", 621.0)
        .containsEntry("Vehicle.Fuel", 10.0)
        .containsEntry("Vehicle.Body.Alarm", 2.0)
        .containsEntry("decoder.truck", 2.0);
    JsonNode decoder = server.api().get("/devices/lorry", Map.of()).path("decoder");
    assertThat(decoder.path("manifest").asText()).isEqualTo("truck");
    assertThat(decoder.path("version").asInt()).isEqualTo(2);

    await("both faults", () -> codes(truck).containsAll(List.of("SPN 102/3", "A01/-1")));
    await("both tickets", () -> titles(truck).size() == 2);
    assertThat(titles(truck)).anyMatch(title -> title.contains("Cargo door open"));
    assertThat(server.api().get("/codes/A01", Map.of()).path("firstCheck").asText())
        .isEqualTo("Close the door");
    server.conserved();

    JsonNode replayed = replay();
    assertThat(replayed.path("same").asInt()).as(replayed.toString()).isEqualTo(2);
    assertThat(replayed.path("gained").asInt()).isZero();
    assertThat(replayed.path("lost").asInt()).isZero();
  }

  @Test
  void frames_of_another_model_are_read_as_they_would_be_without_a_manifest() {
    Identity other = device("other", "bus-1");
    long t = System.currentTimeMillis() - 5_000;

    send(other, t, "can0", "8CF00400", "F07D87681300FFFF");
    send(other, t + 10, "can0", "98FECA00", "04FF66000301FFFF");

    await("the fault", () -> codes(other).contains("SPN 102/3"));
    assertThat(signals(other)).isEmpty();
    assertThat(server.api().get("/devices/other", Map.of()).has("decoder")).isFalse();
  }

  @Test
  void manifest_that_is_wrong_keeps_the_server_from_starting(
      @TempDir Path folder, @TempDir Path home) throws IOException {
    Files.writeString(folder.resolve("a.manifest.json"), "{\"manifest\": \"a\",\n \"version\": x}");

    assertThatThrownBy(() -> RunningServer.in(home, "manifests.dir", folder.toString()))
        .isInstanceOf(Config.InvalidConfigException.class)
        .hasMessageContaining("manifests.dir = '" + folder)
        .hasMessageContaining("a.manifest.json")
        .hasMessageContaining("line 2");
  }

  private static Identity device(String name, String model) {
    JsonNode issued = server.api().post("/devices", Map.of(), Map.of("id", name, "model", model));
    return new Identity(
        issued.path("device").asText(), issued.path("token").asText(), issued.path("psk").asText());
  }

  private static void send(Identity device, long t, String bus, String id, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    String body =
        """
        {"baseTime": "%d", "runs": [{"bus": "%s", "offsetUs": ["0"], "id": [%d], "length": [%d],
         "data": "%s"}]}\
        """
            .formatted(
                t,
                bus,
                Long.parseLong(id, 16),
                bytes.length,
                Base64.getEncoder().encodeToString(bytes));
    Tool.Ran ran =
        Sender.MQTT_5.send(server, device, "frames", "application/json", body.getBytes(UTF_8));
    assertThat(Sender.MQTT_5.acknowledged(ran)).as(ran.toString()).isTrue();
  }

  private static Map<String, Double> signals(Identity device) {
    return server.items("/devices/" + device.device() + "/signals", Map.of()).stream()
        .collect(
            java.util.stream.Collectors.toMap(
                s -> s.path("signal").asText(), s -> s.path("value").asDouble()));
  }

  private static List<String> codes(Identity device) {
    return server.items("/devices/" + device.device() + "/faults", Map.of()).stream()
        .map(f -> f.path("code").asText() + "/" + f.path("subType").asInt())
        .toList();
  }

  private static List<String> titles(Identity device) {
    return server.items("/tickets", Map.of("device", device.device())).stream()
        .map(ticket -> ticket.path("title").asText())
        .toList();
  }

  private static JsonNode replay() throws JsonProcessingException {
    Foretell.Ran ran =
        Foretell.run(
            "replay",
            "--data",
            data.toString(),
            "--set",
            "manifests.dir=" + manifests,
            "--set",
            "diagnostics.lateness=200ms",
            "--device",
            "lorry",
            "--json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ApiClient.JSON.readTree(ran.out());
  }
}
