package io.foretell.app.cli;

import static io.foretell.app.journey.RunningServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line: help, exit codes, offline decoding, and what it shows of a server. */
final class CommandLineTest {
  @TempDir static Path data;
  private static RunningServer server;

  @BeforeAll
  static void fill() throws IOException, InterruptedException {
    server = RunningServer.in(data);
    String token = server.add("car").token();
    post(token, "/v1/telemetry", "{\"engine.coolant\":91.5}");
    post(token, "/v1/faults", "{\"code\":\"P0301\",\"status\":47}");
    await("the ticket", () -> !server.items("/tickets", Map.of()).isEmpty());
    await(
        "the sample",
        () -> !server.items("/devices/car/history", Map.of("signal", "engine.coolant")).isEmpty());
    server.conserved();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<List<String>> commands() {
    List<List<String>> all = new ArrayList<>();
    collect(Main.commands(), List.of(), all);
    return all.stream();
  }

  private static void collect(CommandLine line, List<String> path, List<List<String>> all) {
    all.add(path);
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              List<String> deeper = new ArrayList<>(path);
              deeper.add(name);
              collect(sub, deeper, all);
            });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_ofEachCommand_saysHowItIsUsed(List<String> command) {
    List<String> arguments = new ArrayList<>(command);
    boolean isHelp = command.contains("help");
    arguments.add(isHelp ? "-h" : "--help");

    Foretell.Ran ran = Foretell.run(arguments.toArray(String[]::new));

    assertThat(ran.exit()).as(ran.toString()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("Usage: " + String.join(" ", name(command)));
    assertThat(ran.out().lines().count()).as("more than the synopsis").isGreaterThan(2);
  }

  private static List<String> name(List<String> command) {
    List<String> name = new ArrayList<>(List.of("foretell"));
    name.addAll(command);
    return name;
  }

  @Test
  void commands_areThoseThatOthersRelyOn() {
    assertThat(Main.commands().getSubcommands().keySet())
        .contains(
            "demo",
            "serve",
            "decode",
            "predict",
            "device",
            "fault",
            "ticket",
            "campaign",
            "artifact",
            "command",
            "history",
            "doctor",
            "help");
  }

  @Test
  void help_isPrintedWithoutArguments() {
    Foretell.Ran ran = Foretell.run();

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).startsWith("Usage: foretell").contains("serve", "demo", "doctor");
  }

  @Test
  void exitCode_isTwo_whereTheUsageIsWrong() {
    for (String wrong : List.of("device add", "device show --no-flag x", "nonsense", "decode")) {
      Foretell.Ran ran = Foretell.run(wrong.split(" "));

      assertThat(ran.exit()).as(wrong).isEqualTo(2);
      assertThat(ran.err()).as(wrong).isNotBlank().doesNotContain("\tat ");
    }
  }

  @Test
  void exitCode_isOne_whereItFailed() {
    Foretell.Ran nothing = Foretell.run(there("device", "show", "nobody"));
    Foretell.Ran nowhere =
        Foretell.run("device", "list", "--server", "http://127.0.0.1:1", "--token", "x");
    Foretell.Ran stranger =
        Foretell.run("device", "list", "--server", server.url(), "--token", "wrong");

    assertThat(nothing.exit()).isEqualTo(1);
    assertThat(nothing.err()).startsWith("foretell: NOT_FOUND").hasLineCount(1);
    assertThat(nowhere.exit()).isEqualTo(1);
    assertThat(nowhere.err()).contains("no server answers").hasLineCount(1);
    assertThat(stranger.exit()).isEqualTo(1);
    assertThat(stranger.err()).startsWith("foretell: NOT_AUTHENTICATED").hasLineCount(1);
  }

  @Test
  void decode_ofACode_saysWhatItMeans() throws IOException {
    Foretell.Ran ran = Foretell.run("decode", "code", "P0301");

    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonNode line = ApiClient.JSON.readTree(ran.out());
    assertThat(line.path("code").asText()).isEqualTo("P0301");
    assertThat(ran.out()).containsIgnoringCase("misfire");
  }

  @Test
  void decode_ofALineThatIsNone_failsAndGoesOn(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("dm.jsonl"),
            "{\"version\":4,\"payload\":\"zz\"}\n"
                + "{\"version\":4,\"payload\":\"04FF66000301FFFF\"}\n");

    Foretell.Ran ran = Foretell.run("decode", "dm", file.toString());

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out().lines()).hasSize(2);
    JsonNode first = ApiClient.JSON.readTree(ran.out().lines().toList().get(0));
    JsonNode second = ApiClient.JSON.readTree(ran.out().lines().toList().get(1));
    assertThat(first.hasNonNull("error")).isTrue();
    assertThat(second.path("dtcs").path(0).path("spn").asInt()).isEqualTo(102);
    assertThat(second.path("dtcs").path(0).path("fmi").asInt()).isEqualTo(3);
  }

  @Test
  void decode_explained_showsBytesRuleAndClause(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("uds.jsonl"), "{\"response\":\"5902FF0301142F\"}\n");

    Foretell.Ran ran = Foretell.run("decode", "uds", file.toString(), "--explain", "--all");

    assertThat(ran.exit()).as(ran.err()).isZero();
    JsonNode line = ApiClient.JSON.readTree(ran.out());
    assertThat(line.path("explain").path(2).path("bytes").asText()).isEqualTo("0301142f");
    assertThat(line.path("explain").path(2).path("clause").asText()).isEqualTo("ISO 14229-1 12.3");
    assertThat(line.path("dtcs").path(0).path("text").asText()).containsIgnoringCase("misfire");
  }

  @Test
  void decode_withAConversionVersion_unpacksSpnsByIt(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("log"), "(1.0) can0 18FECA00#40FF000DC381FFFF\n");

    Foretell.Ran ran = Foretell.run("decode", "j1939", file.toString(), "--spn-conversion", "0=1");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("\"spn\":110,");
    assertThat(Foretell.run("decode", "j1939", file.toString(), "--spn-conversion", "0=9").exit())
        .isEqualTo(2);
  }

  @Test
  void decode_ofTheRecordedTruck_findsItsMessages(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("truck.candump.log.gz");
    try (InputStream in =
        Objects.requireNonNull(
            getClass()
                .getResourceAsStream(
                    "/io/foretell/agent/recording/nmfta_truck_2016.candump.log.gz"))) {
      Files.copy(in, log);
    }

    Foretell.Ran ran = Foretell.run("decode", "j1939", log.toString());

    assertThat(ran.exit()).as(ran.err()).isZero();
    List<String> lines = ran.out().lines().toList();
    assertThat(lines).hasSizeGreaterThan(50);
    JsonNode message = ApiClient.JSON.readTree(lines.get(0));
    assertThat(message.fieldNames())
        .toIterable()
        .contains("t", "ch", "sa", "da", "pgn", "transport", "data");
    assertThat(lines).anyMatch(line -> line.contains("\"dtcs\":[{\"spn\":"));
  }

  @Test
  void decode_ofAnUnknownKind_orMissingFile_isSaidInOneLine() {
    Foretell.Ran unknown = Foretell.run("decode", "tea");
    Foretell.Ran missing = Foretell.run("decode", "dm", "/no/such/file");

    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).startsWith("no decoder tea; there are j1939");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).contains("/no/such/file").hasLineCount(1);
  }

  @Test
  void decode_withMoreThanOneInput_orWithoutItsTable_isWrongUsage(@TempDir Path folder)
      throws IOException {
    String file = Files.writeString(folder.resolve("some.log"), "").toString();

    assertThat(Foretell.run("decode", "j1939", file, file).exit()).isEqualTo(2);
    assertThat(Foretell.run("decode", "dbc").exit()).isEqualTo(2);
    assertThat(Foretell.run("decode", "code", "P0301", "--lang", "tlh").exit()).isEqualTo(2);
  }

  @Test
  void decode_readsText_inWhateverFormItIsKept(@TempDir Path folder) throws IOException {
    String line = "{\"response\":\"5902FF0301112F\"}\r\n";
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(("\uFEFF" + line).getBytes(StandardCharsets.UTF_8));
    }
    List<byte[]> forms =
        List.of(
            ("\uFEFF" + line).getBytes(StandardCharsets.UTF_8),
            ("\uFEFF" + line).getBytes(StandardCharsets.UTF_16LE),
            ("\uFEFF" + line).getBytes(StandardCharsets.UTF_16BE),
            packed.toByteArray());
    for (byte[] form : forms) {
      Path file = Files.write(folder.resolve("input"), form);
      Foretell.Ran ran = Foretell.run("decode", "uds", file.toString());

      assertThat(ran.exit()).as(ran.out()).isZero();
      assertThat(ran.out()).contains("P0301-11");
    }
  }

  @Test
  void decode_ofACompressedInputThatIsCutOff_saysSo(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("log.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0});
    Foretell.Ran ran = Foretell.run("decode", "uds", file.toString());

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("compressed input").hasLineCount(1);
  }

  @Test
  void decode_ofTwoObjectsOnALine_refusesTheLine(@TempDir Path folder) throws IOException {
    String object = "{\"response\":\"5902FF0301112F\"}";
    Path file = Files.writeString(folder.resolve("input"), object + object);

    Foretell.Ran ran = Foretell.run("decode", "uds", file.toString());

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.out()).contains("MALFORMED_JSON");
  }

  @Test
  void lists_asJson_haveALineForEach() throws IOException {
    JsonNode device = line(there("device", "list", "--json"));
    JsonNode ticket = line(there("ticket", "list", "--json", "--state", "open"));
    JsonNode fault = line(there("fault", "list", "--json"));
    JsonNode sample = line(there("history", "car", "--signal", "engine.coolant", "--json"));

    assertThat(device.path("id").asText()).isEqualTo("car");
    assertThat(ticket.path("device").asText()).isEqualTo("car");
    assertThat(ticket.path("state").asText()).isEqualTo("OPEN");
    assertThat(fault.path("code").asText()).isEqualTo("P0301");
    assertThat(fault.path("standing").asText()).isEqualTo("CONFIRMED");
    assertThat(sample.path("signal").asText()).isEqualTo("engine.coolant");
    assertThat(sample.path("value").asDouble()).isEqualTo(91.5);
    assertThat(sample.path("t").asLong()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "device list",
        "fault list",
        "ticket list",
        "fault list car",
        "fault list car --healed"
      })
  void lists_forPeople_areTables(String command) {
    Foretell.Ran ran = Foretell.run(there(command.split(" ")));

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out().lines().findFirst()).hasValueSatisfying(l -> assertThat(l).isUpperCase());
    assertThat(ran.out()).contains("car");
  }

  @Test
  void server_isFoundByItsDataFolder() throws IOException {
    JsonNode device = line("device", "show", "car", "--data", data.toString(), "--json");

    assertThat(device.path("id").asText()).isEqualTo("car");
  }

  @Test
  void code_isShownInLines_orAsJson() throws IOException {
    assertThat(Foretell.run(there("fault", "show", "P0301")).out())
        .containsPattern("(?m)^text +Cylinder 1 Misfire Detected$")
        .containsPattern("(?m)^  - Worn out spark plugs$")
        .doesNotContain("{", "null", "sub type  null");
    JsonNode shown = line(there("fault", "show", "P0301", "--json"));
    assertThat(shown.path("known").asBoolean()).isTrue();
    assertThat(shown.path("episodes").path(0).path("device").asText()).isEqualTo("car");
    assertThat(shown.path("episodes").path(0).path("standing").asText()).isEqualTo("CONFIRMED");
  }

  @Test
  void device_added_hasSecretsThatAreShownOnce() throws IOException {
    JsonNode added = line(there("device", "add", "van", "--tenant", "acme", "--json"));

    assertThat(added.path("device").asText()).isEqualTo("van@acme");
    assertThat(added.path("token").asText()).hasSizeGreaterThan(20);
    assertThat(added.path("psk").asText()).hasSizeGreaterThan(15);
    assertThat(Foretell.run(there("device", "show", "van", "--tenant", "acme")).out())
        .doesNotContain(added.path("token").asText(), added.path("psk").asText());
    assertThat(Foretell.run(there("device", "remove", "van", "--tenant", "acme")).exit()).isZero();
  }

  @Test
  void ticket_canBeWorkedOn() throws IOException {
    String id = server.items("/tickets", Map.of()).get(0).path("id").asText();

    assertThat(Foretell.run(there("ticket", "comment", id, "seen")).exit()).isZero();

    assertThat(line(there("ticket", "show", id, "--json")).path("timeline").toString())
        .contains("seen");
    Foretell.Ran early = Foretell.run(there("ticket", "close", id));
    assertThat(early.exit()).isEqualTo(1);
    assertThat(early.err()).contains("CONFLICT");
  }

  @Test
  void doctor_ofASoundServer_saysSo() throws IOException {
    Foretell.Ran ran = Foretell.run(there("doctor", "--folder", data.toString()));

    assertThat(ran.exit()).as(ran.out()).isZero();
    assertThat(ran.out())
        .contains("no message has disappeared")
        .containsPattern("([1-9]\\d*) acknowledged = \\1 stored \\+ 0 rejected \\+ 0 in flight")
        .doesNotContain("BAD");
    JsonNode json = line(there("doctor", "--folder", data.toString(), "--json"));
    assertThat(json.path("sound").asBoolean()).isTrue();
  }

  private static String[] there(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--server", server.url(), "--token", server.token()));
    return all.toArray(String[]::new);
  }

  private static JsonNode line(String... arguments) throws IOException {
    Foretell.Ran ran = Foretell.run(arguments);
    assertThat(ran.exit()).as(ran.toString()).isZero();
    assertThat(ran.out()).hasLineCount(1);
    return ApiClient.JSON.readTree(ran.out());
  }

  private static void post(String token, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                    .header("authorization", "Bearer " + token)
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
  }
}
