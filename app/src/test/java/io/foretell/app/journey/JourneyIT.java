package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.proto.v1.DeviceCommand;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop, walked by the clients that people have: Mosquitto's, libcoap's and curl. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JourneyIT {
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/protobuf";

  @TempDir static Path data;
  private static RunningServer server;

  @BeforeAll
  final void start() throws IOException {
    server = server(data);
  }

  /** What the journey is walked on. */
  RunningServer server(Path folder) throws IOException {
    return RunningServer.in(
        folder, "diagnostics.lateness", "200ms", "diagnostics.healing-period", "1s");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void telemetry_inPlainJson_isInTheHistory(Sender sender) {
    Identity device = device("plain", sender);
    long t = System.currentTimeMillis();

    send(sender, device, "telemetry", JSON, "{\"t\":" + t + ",\"engine.coolant\":91.5}");

    await("the sample", () -> history(device, "engine.coolant").size() == 1);
    JsonNode sample = history(device, "engine.coolant").get(0);
    assertThat(sample.path("t").asLong()).isEqualTo(t);
    assertThat(sample.path("value").asDouble()).isEqualTo(91.5);
    assertThat(server.items(path(device) + "/signals", Map.of())).containsExactly(sample);
    server.conserved();
  }

  @ParameterizedTest
  @EnumSource
  void telemetry_inProtobuf_isInTheHistory(Sender sender) {
    Identity device = device("columns", sender);
    long t = System.currentTimeMillis() - 1_000;
    Report report =
        Report.newBuilder()
            .setBaseTime(t)
            .addSeries(
                Series.newBuilder()
                    .setSignal("engine.oil.pressure")
                    .setPeriod(10)
                    .addAllValue(List.of(4.0, 4.25, 4.5)))
            .build();

    Tool.Ran ran = sender.send(server, device, "telemetry", PROTOBUF, report.toByteArray());

    assertThat(sender.acknowledged(ran)).as(ran.toString()).isTrue();
    await("three samples", () -> history(device, "engine.oil.pressure").size() == 3);
    assertThat(history(device, "engine.oil.pressure"))
        .extracting(s -> s.path("t").asLong() - t, s -> s.path("value").asDouble())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0L, 4.0),
            org.assertj.core.groups.Tuple.tuple(10L, 4.25),
            org.assertj.core.groups.Tuple.tuple(20L, 4.5));
  }

  @ParameterizedTest
  @EnumSource
  void fault_thatTheDeviceClears_endsAsVerifiedTicket(Sender sender) {
    Identity device = device("loop", sender);

    send(sender, device, "faults", JSON, "{\"code\":\"P0301\",\"status\":47}");

    await("the ticket", () -> ticket(device).isPresent());
    JsonNode ticket = ticket(device).orElseThrow();
    assertThat(ticket.path("state").asText()).isEqualTo("OPEN");
    assertThat(ticket.path("title").asText()).containsIgnoringCase("misfire");
    assertThat(server.items(path(device) + "/faults", Map.of()))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.path("code").asText()).isEqualTo("P0301");
              assertThat(fault.path("phase").asText()).isEqualTo("ACTIVE");
              assertThat(fault.path("standing").asText()).isEqualTo("CONFIRMED");
              assertThat(fault.path("status").asInt()).isEqualTo(47);
            });

    clear(sender, device);

    await("the proof", () -> state(device).equals("VERIFIED"));
    JsonNode closed = server.api().get("/tickets/" + ticket.path("id").asText(), Map.of());
    assertThat(closed.path("verifiedAt").asLong())
        .isGreaterThanOrEqualTo(ticket.path("openedAt").asLong() + 1_000);
    assertThat(server.items(path(device) + "/faults", Map.of())).isEmpty();
    assertThat(server.items(path(device) + "/faults", Map.of("healed", "true")))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.path("code").asText()).isEqualTo("P0301");
              assertThat(fault.path("standing").asText()).isEqualTo("HEALED");
              assertThat(fault.path("title").asText()).containsIgnoringCase("misfire");
            });
    server.conserved();
  }

  @Test
  void fault_thatComesBack_reopensItsTicket() {
    Identity device = device("relapse", Sender.HTTP);
    send(Sender.HTTP, device, "faults", JSON, "{\"code\":\"P0301\",\"status\":47}");
    await("the ticket", () -> ticket(device).isPresent());
    clear(Sender.HTTP, device);
    await("the proof", () -> state(device).equals("VERIFIED"));

    send(Sender.HTTP, device, "faults", JSON, "{\"code\":\"P0301\",\"status\":47}");

    await("the relapse", () -> state(device).equals("REOPENED"));
    assertThat(server.items(path(device) + "/faults", Map.of("healed", "true")))
        .singleElement()
        .satisfies(f -> assertThat(f.path("standing").asText()).isEqualTo("RECURRING"));
    assertThat(tickets(device)).hasSize(1);
    assertThat(ticket(device).orElseThrow().path("reopened").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqttv311", "mqttv5"})
  void command_toAListeningDevice_arrivesAndIsDoneWhenTheDeviceProvesIt(String version) {
    Identity device = device("listening-" + version, Sender.MQTT_5);
    try (Tool listener = listener(device, version, "v1/commands/json", 1)) {
      await("the device", () -> online(device));

      String id = command(device, "read-faults", 60);

      Tool.Ran ran = listener.ended();
      assertThat(ran.exit()).as(ran.said()).isZero();
      assertThat(json(ran.said()).path("id").asText()).isEqualTo(id);
      assertThat(json(ran.said()).path("verb").asText()).isEqualTo("read-faults");
    }
    String id = commands(device).get(0).path("id").asText();
    await("its delivery", () -> commandState(device, id).equals("DELIVERED"));

    reply(device, id, "ACCEPTED");
    await("the promise", () -> commandState(device, id).equals("ACCEPTED"));
    reply(device, id, "DONE");
    await("the proof", () -> commandState(device, id).equals("DONE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqttv311", "mqttv5"})
  void command_toADeviceThatIsAway_waitsForIt(String version)
      throws InvalidProtocolBufferException {
    Identity device = device("away-" + version, Sender.MQTT_5);
    String id = command(device, "reboot", 60);
    assertThat(commandState(device, id)).isEqualTo("QUEUED");

    try (Tool listener = listener(device, version, "v1/commands", 1)) {
      assertThat(listener.ended().exit()).as(listener.said()).isZero();
      DeviceCommand command = DeviceCommand.parseFrom(listener.bytes());
      assertThat(command.getId()).isEqualTo(id);
      assertThat(command.getVerb()).isEqualTo("reboot");
      assertThat(command.getExpiresAt()).isGreaterThan(System.currentTimeMillis());
    }
    await("its delivery", () -> commandState(device, id).equals("DELIVERED"));
  }

  @Test
  void command_pastItsTime_isNotDelivered() {
    Identity device = device("late", Sender.MQTT_5);
    String late = command(device, "reboot", 1);
    await("its end", () -> commandState(device, late).equals("EXPIRED"));
    String timely = command(device, "read-faults", 60);

    try (Tool listener = listener(device, "mqttv5", "v1/commands/json", 1)) {
      assertThat(json(listener.ended().said()).path("id").asText()).isEqualTo(timely);
    }
    assertThat(commandState(device, late)).isEqualTo("EXPIRED");
  }

  @Test
  void command_isFetchedOverHttpAndCoap() {
    Identity http = device("polling", Sender.HTTP);
    String first = command(http, "read-faults", 60);
    Tool.Ran polled =
        Tool.run(
            "curl",
            "--silent",
            "--max-time",
            "60",
            "--header",
            "Authorization: Bearer " + http.token(),
            "--header",
            "Accept: application/json",
            server.url() + "/v1/commands?wait=50");
    assertThat(json(polled.said()).path(0).path("id").asText()).isEqualTo(first);

    Identity coap = device("fetching", Sender.COAPS);
    String second = command(coap, "read-faults", 60);
    await("it waits", () -> commands(coap).size() == 1);
    Tool.Ran fetched =
        Tool.run(
            "coap-client-openssl",
            "-m",
            "get",
            "-A",
            "50",
            "-u",
            coap.device(),
            "-k",
            coap.psk(),
            "coaps://127.0.0.1:" + server.port("coaps") + "/v1/commands");
    assertThat(fetched.said()).contains(second);
  }

  private static Identity device(String journey, Sender sender) {
    return server.add(journey + "-" + sender.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  private static void send(
      Sender sender, Identity device, String route, String type, String payload) {
    Tool.Ran ran = sender.send(server, device, route, type, payload.getBytes(UTF_8));
    assertThat(sender.acknowledged(ran)).as(sender + ": " + ran).isTrue();
  }

  /** Says that the fault is gone, and something else when the healing period is over. */
  private static void clear(Sender sender, Identity device) {
    send(sender, device, "faults", JSON, "{\"complete\":true,\"codes\":[]}");
    long healed = System.currentTimeMillis() + 1_500;
    await("the healing period", () -> System.currentTimeMillis() > healed);
    assertThat(state(device)).as("silence proves nothing").isIn("OPEN", "REOPENED");
    send(sender, device, "telemetry", JSON, "{\"engine.coolant\":91.5}");
  }

  private static Tool listener(Identity device, String version, String topic, int count) {
    return Tool.start(
        "mosquitto_sub",
        "-V",
        version,
        "-h",
        "127.0.0.1",
        "-p",
        server.port("mqtt") + "",
        "-i",
        device.device(),
        "-u",
        device.device(),
        "-P",
        device.token(),
        "-q",
        "1",
        "-N",
        "-W",
        "80",
        "-C",
        count + "",
        "-t",
        topic);
  }

  private static void reply(Identity device, String command, String outcome) {
    send(
        Sender.MQTT_5,
        device,
        "replies",
        JSON,
        "{\"commandId\":\""
            + command
            + "\",\"outcome\":\""
            + outcome
            + "\",\"proof\":{\"codes\":\"0\"}}");
  }

  private static String command(Identity device, String verb, int expiresIn) {
    return server
        .api()
        .post(path(device) + "/commands", Map.of(), Map.of("verb", verb, "expiresIn", expiresIn))
        .path("id")
        .asText();
  }

  private static List<JsonNode> commands(Identity device) {
    return server.items(path(device) + "/commands", Map.of());
  }

  private static String commandState(Identity device, String id) {
    return commands(device).stream()
        .filter(command -> command.path("id").asText().equals(id))
        .map(command -> command.path("state").asText())
        .findFirst()
        .orElse("QUEUED");
  }

  private static boolean online(Identity device) {
    return server.api().get(path(device), Map.of()).path("presence").path("online").asBoolean();
  }

  private static List<JsonNode> history(Identity device, String signal) {
    return server.items(path(device) + "/history", Map.of("signal", signal));
  }

  private static List<JsonNode> tickets(Identity device) {
    return server.items("/tickets", Map.of("device", device.device()));
  }

  private static Optional<JsonNode> ticket(Identity device) {
    return tickets(device).stream().findFirst();
  }

  private static String state(Identity device) {
    return ticket(device).map(ticket -> ticket.path("state").asText()).orElse("none");
  }

  private static String path(Identity device) {
    return "/devices/" + device.device();
  }

  private static JsonNode json(String text) {
    try {
      return ApiClient.JSON.readTree(text);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }
}
