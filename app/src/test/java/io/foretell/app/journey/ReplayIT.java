package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kept uplinks run again beside a server that runs: with the same rules, and with others. */
final class ReplayIT {
  private static final int SAMPLES = 200;
  private static final long START = System.currentTimeMillis() - SAMPLES * 1000L - 3_600_000;

  @TempDir static Path data;
  private static RunningServer server;

  @BeforeAll
  static void fill() {
    server = RunningServer.in(data);
    Identity car = server.add("car");
    Identity truck = server.add("truck");
    // steady for the first half, then six volts lower
    String values =
        IntStream.range(0, SAMPLES)
            .mapToObj(i -> (i < SAMPLES / 2 ? 24 + i % 3 : 18 + i % 3) + "")
            .collect(Collectors.joining(","));
    send(
        car,
        "telemetry",
        "{\"baseTime\":\"%d\",\"series\":[{\"signal\":\"battery.voltage\",\"period\":1000,\"value\":[%s]}]}"
            .formatted(START, values));
    for (Identity device : List.of(car, truck)) {
      send(device, "faults", "{\"t\":" + (START + 300_000) + ",\"code\":\"P0301\",\"status\":47}");
    }
    await("two tickets", () -> server.items("/tickets", Map.of()).size() == 2);
    server.conserved();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void replay_withTheSameRules_findsTheSame() throws JsonProcessingException {
    JsonNode found = replay();

    assertThat(found.path("uplinks").asInt()).isEqualTo(3);
    assertThat(found.path("senders").asInt()).isEqualTo(2);
    assertThat(found.path("gained").asInt()).isZero();
    assertThat(found.path("lost").asInt()).isZero();
    assertThat(found.path("same").asInt()).isEqualTo(2);
    assertThat(found.path("findings"))
        .allSatisfy(
            row -> {
              assertThat(row.path("kind").asText()).isEqualTo("ACTIVE_FAULT");
              assertThat(row.path("firstNow")).isEqualTo(row.path("firstWas"));
            });
  }

  @Test
  void replay_withADriftDetector_gainsItsFindings() throws JsonProcessingException {
    JsonNode found =
        replay(
            "--drift-signals", "battery.voltage", "--drift-learn", "50", "--drift-threshold", "20");

    assertThat(found.path("gained").asInt()).isEqualTo(1);
    assertThat(found.path("same").asInt()).isEqualTo(2);
    JsonNode gained =
        rows(found).stream().filter(row -> row.path("gained").asInt() == 1).findFirst().get();
    assertThat(gained.path("device").asText()).isEqualTo("car");
    assertThat(gained.path("cause").asText()).isEqualTo("drift:battery.voltage");
    assertThat(gained.path("was").asInt()).isZero();
    assertThat(gained.has("firstWas")).isFalse();
    assertThat(gained.path("firstNow").asLong()).isBetween(START, START + SAMPLES * 1000L);
  }

  @Test
  void replay_ofOneDevice_orOfNoTime_leavesOutTheOthers() throws JsonProcessingException {
    assertThat(replay("--device", "truck").path("same").asInt()).isEqualTo(1);
    assertThat(replay("--device", "truck").path("uplinks").asInt()).isEqualTo(1);
    assertThat(replay("--tenant", "acme").path("uplinks").asInt()).isZero();
    assertThat(replay("--until", "2h").path("uplinks").asInt()).isZero();
    assertThat(replay("--since", "2h").path("uplinks").asInt()).isEqualTo(3);
  }

  @Test
  void replay_ofABackup_isTheSame(@TempDir Path folder) throws JsonProcessingException {
    Path backup = folder.resolve("backup");
    assertThat(Foretell.run("backup", backup + "", "--data", data + "").exit()).isZero();

    Foretell.Ran ran = Foretell.run("replay", "--data", backup + "", "--json");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ApiClient.JSON.readTree(ran.out())).isEqualTo(replay());
    assertThat(Foretell.run("restore", backup + "", "--data", folder + "/x", "--dry-run").exit())
        .as("the backup is as it was")
        .isZero();
  }

  @Test
  void replay_forAPerson_isATableWithItsSum() {
    Foretell.Ran ran = Foretell.run("replay", "--data", data + "");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("DEVICE", "truck", "ACTIVE_FAULT", "3 uplinks of 2 devices: 0 gained, 0 lost");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--nonsense",
        "--drift-learn x",
        "--drift-learn 5",
        "--drift-threshold 0",
        "--since 1h --until 2h",
        "truck"
      })
  void usage_thatIsWrong_isSaidAsSuch(String words) {
    Foretell.Ran ran = run(words.split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).isNotBlank().doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--model nowhere.json",
        "--since yesterday",
        "--set no.such=key",
        "--horizon many",
        "--data nowhere"
      })
  void thing_thatIsNotThere_isNamed(String words) {
    Foretell.Ran ran = run(words.split(" "));

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .contains(words.split("[ =]")[1])
        .startsWith("foretell: ")
        .doesNotContain("\tat ");
  }

  private static JsonNode replay(String... arguments) throws JsonProcessingException {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--json");
    Foretell.Ran ran = run(all.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ApiClient.JSON.readTree(ran.out());
  }

  private static Foretell.Ran run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("replay"));
    if (!Arrays.asList(arguments).contains("--data")) {
      all.addAll(List.of("--data", data.toString()));
    }
    all.addAll(Arrays.asList(arguments));
    return Foretell.run(all.toArray(String[]::new));
  }

  private static List<JsonNode> rows(JsonNode found) {
    List<JsonNode> rows = new ArrayList<>();
    found.path("findings").forEach(rows::add);
    return rows;
  }

  private static void send(Identity device, String route, String body) {
    Tool.Ran ran =
        Sender.HTTP.send(server, device, route, "application/json", body.getBytes(UTF_8));
    assertThat(Sender.HTTP.acknowledged(ran)).as(ran.toString()).isTrue();
  }
}
