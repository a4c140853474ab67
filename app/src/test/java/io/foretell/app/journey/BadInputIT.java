package io.foretell.app.journey;

import static io.foretell.app.journey.RunningServer.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.foretell.app.cli.Foretell;
import io.foretell.app.client.ApiClient;
import io.foretell.app.journey.RunningServer.Identity;
import io.foretell.proto.v1.FrameBatch;
import io.foretell.proto.v1.FrameRun;
import io.foretell.proto.v1.Origin;
import io.foretell.proto.v1.Report;
import io.foretell.proto.v1.Series;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What goes wrong gets its reason: told to whoever sent it, kept with its bytes, and counted. */
final class BadInputIT {
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/protobuf";
  private static final byte[] GOOD = "{\"engine.coolant\":91.5}".getBytes(UTF_8);

  @TempDir static Path data;
  private static RunningServer server;

  /** On which no device is ever let in, so that nothing is told of their coming and going. */
  private static RunningServer closed;

  private static int devices;

  @BeforeAll
  static void start() {
    server = RunningServer.in(data.resolve("open"));
    closed = RunningServer.in(data.resolve("closed"));
  }

  @AfterAll
  static void stop() {
    server.close();
    closed.close();
  }

  @AfterEach
  void conservation_holds() {
    server.conserved();
  }

  @ParameterizedTest
  @EnumSource
  void topic_thatIsNone_isNamedToTheSenderAndKept(Sender sender) {
    Identity device = device();

    Tool.Ran ran = sender.send(server, device, "nonsense", JSON, GOOD);

    assertThat(ran.said()).containsIgnoringCase(told(sender, "UNKNOWN_TOPIC"));
    JsonNode reject = reject(device, "UNKNOWN_TOPIC", GOOD);
    assertThat(reject.path("route").asText()).endsWith("v1/nonsense");
    assertThat(reject.path("via").asText())
        .isEqualTo(
            switch (sender) {
              case MQTT_311, MQTT_5 -> "mqtt";
              case COAP, COAPS -> "coap";
              case HTTP -> "http";
            });
  }

  @ParameterizedTest
  @EnumSource
  void secret_thatIsWrong_isRefusedAndNothingIsTaken(Sender sender) {
    Identity device = closed.add("bad-" + ++devices);
    String wrong = "not-the-secret-that-was-given-to-it";

    Tool.Ran ran =
        sender.send(closed, new Identity(device.device(), wrong, wrong), "telemetry", JSON, GOOD);

    assertThat(sender.acknowledged(ran)).as(ran.toString()).isFalse();
    assertThat(ran.said()).containsIgnoringCase(told(sender, "NOT_AUTHENTICATED"));
    assertThat(closed.rejects(device.device())).isEmpty();
    assertThat(closed.conserved().path("acknowledged").asLong()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void protobuf_thatIsBroken_isKeptWithItsReason(Sender sender) {
    Identity device = device();
    byte[] broken = {0x1A, 0x7F, 0x01, 0x02};

    taken(sender, device, "telemetry", PROTOBUF, broken);

    reject(device, "MALFORMED_PROTOBUF", broken);
  }

  @ParameterizedTest
  @EnumSource
  void json_ofTheWrongShape_isKeptWithItsReason(Sender sender) {
    Identity device = device();
    byte[] wrong = "{\"engine.coolant\":\"hot\"}".getBytes(UTF_8);

    taken(sender, device, "telemetry", JSON, wrong);

    assertThat(reject(device, "WRONG_SHAPE", wrong).path("detail").asText())
        .contains("engine.coolant");
  }

  @Test
  void json_thatIsCutOff_isKeptWithItsReason() {
    Identity device = device();
    byte[] cut = "{\"engine.coolant\":9".getBytes(UTF_8);

    taken(Sender.HTTP, device, "telemetry", JSON, cut);

    reject(device, "MALFORMED_JSON", cut);
  }

  @ParameterizedTest
  @EnumSource
  void message_ofTenMegabytes_costsItsSenderOnlyTheConnection(Sender sender) {
    Identity device = device();
    Identity other = device();

    Tool.Ran ran = sender.send(server, device, "telemetry", JSON, new byte[10_000_000]);

    if (sender != Sender.MQTT_5) { // its client keeps to the Maximum Packet Size, and says nothing
      assertThat(sender.acknowledged(ran)).as(ran.toString()).isFalse();
    }
    assertThat(ran.said()).containsIgnoringCase(told(sender, "TOO_LARGE"));
    taken(sender, other, "telemetry", JSON, GOOD);
    taken(sender, device, "telemetry", JSON, GOOD);
    for (Identity each : List.of(device, other)) {
      await("what came after", () -> samples(each).size() == 1);
      assertThat(server.rejects(each.device())).isEmpty();
    }
  }

  @Test
  void message_justAboveTheLimit_isKeptWithItsBeginning() {
    Identity device = device();
    byte[] large = new byte[(1 << 20) + 1];
    Arrays.fill(large, (byte) 7);

    Tool.Ran ran = Sender.MQTT_5.send(server, device, "telemetry", JSON, large);

    assertThat(ran.said()).containsIgnoringCase("quota exceeded");
    reject(device, "TOO_LARGE", Arrays.copyOf(large, 1 << 16));
  }

  @Test
  void time_thatLiesAhead_isKeptWithItsReason() {
    Identity device = device();
    long ahead = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
    byte[] future = ("{\"t\":" + ahead + ",\"engine.coolant\":91.5}").getBytes(UTF_8);

    taken(Sender.MQTT_5, device, "telemetry", JSON, future);

    reject(device, "TIME_IN_FUTURE", future);
  }

  @Test
  void sequenceNumber_thatIsUsedAgain_isADuplicate() {
    Identity device = device();
    byte[] first = numbered(1, 91.5);
    byte[] again = numbered(1, 92.5);

    taken(Sender.MQTT_5, device, "telemetry", PROTOBUF, first);
    taken(Sender.MQTT_5, device, "telemetry", PROTOBUF, again);

    reject(device, "DUPLICATE_SEQUENCE", again);
    assertThat(samples(device))
        .singleElement()
        .satisfies(sample -> assertThat(sample.path("value").asDouble()).isEqualTo(91.5));
  }

  private static byte[] numbered(long sequence, double value) {
    return Report.newBuilder()
        .setOrigin(Origin.newBuilder().setBootId(7).setSequence(sequence))
        .setBaseTime(System.currentTimeMillis())
        .addSeries(Series.newBuilder().setSignal("engine.coolant").addValue(value))
        .build()
        .toByteArray();
  }

  @Test
  void frame_shorterThanItsLength_isKeptWithItsReason() {
    Identity device = device();
    byte[] truncated =
        FrameBatch.newBuilder()
            .setBaseTime(System.currentTimeMillis())
            .addRuns(
                FrameRun.newBuilder()
                    .setBus("can0")
                    .addOffsetUs(0)
                    .addId(0x98FECA00)
                    .addLength(8)
                    .setData(ByteString.copyFrom(new byte[5])))
            .build()
            .toByteArray();

    taken(Sender.COAP, device, "frames", PROTOBUF, truncated);

    reject(device, "TRUNCATED_FRAME", truncated);
  }

  @Test
  void campaign_withoutAHaltRule_isNotPlanned() {
    JsonNode artifact =
        server
            .api()
            .upload(
                "/artifacts",
                Map.of("name", "fix", "component", "ecu", "version", "1.0.1"),
                new byte[] {1, 2, 3});
    String plan =
        "{\"artifact\":\"" + artifact.path("digest").asText() + "\",\"waves\":[{\"count\":1}]}";

    Tool.Ran ran =
        Tool.run(
            "curl",
            "--silent",
            "--max-time",
            "30",
            "--write-out",
            "\n%{http_code}",
            "--header",
            "Authorization: Bearer " + server.token(),
            "--header",
            "Content-Type: application/json",
            "--data",
            plan,
            server.url() + "/api/v1/campaigns");

    assertThat(ran.said()).contains("\"reason\":\"MISSING_THRESHOLD\"").endsWith("422");
    assertThat(server.items("/campaigns", Map.of())).isEmpty();
  }

  @Test
  void port_inUse_isSaidInOneLine(@TempDir Path folder) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket tcp = new ServerSocket(0, 1, here);
        DatagramSocket udp = new DatagramSocket(0, here)) {
      for (String listener : List.of("http", "mqtt", "coap")) {
        int port = listener.equals("coap") ? udp.getLocalPort() : tcp.getLocalPort();

        Foretell.Ran ran = serve(folder.resolve(listener), Map.of(listener, port + ""));

        assertThat(ran.exit()).isEqualTo(1);
        oneLine(ran, port + "");
        assertThat(ran.err()).contains("cannot listen").containsIgnoringCase(listener);
      }
    }
  }

  @Test
  void dataFolder_ofALaterVersion_isRefusedAsItIs(@TempDir Path folder) throws RocksDBException {
    Path later = folder.resolve("later");
    RunningServer.in(later).close();
    String ours = rewriteFormat(later.resolve("lanes"), "1000");

    Foretell.Ran ran = serve(later, Map.of());

    assertThat(ran.exit()).isEqualTo(1);
    oneLine(ran, "later version");
    rewriteFormat(later.resolve("lanes"), ours);
    RunningServer.in(later).close();
  }

  /** Returns the format that was there. */
  private static String rewriteFormat(Path lanes, String format) throws RocksDBException {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    try (Options options = new Options()) {
      RocksDB.listColumnFamilies(options, lanes.toString())
          .forEach(name -> families.add(new ColumnFamilyDescriptor(name)));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions();
        RocksDB store = RocksDB.open(options, lanes.toString(), families, handles)) {
      String before = new String(store.get("format".getBytes(UTF_8)), UTF_8);
      store.put("format".getBytes(UTF_8), format.getBytes(UTF_8));
      handles.forEach(ColumnFamilyHandle::close);
      return before;
    }
  }

  @Test
  void configuration_thatIsWrong_isSaidInOneLine(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("foretell.yaml"), "history:\n  influks: x\n");
    Path notYaml = Files.writeString(folder.resolve("broken.yaml"), "- a\n- b\n");

    wrong("serve", "--keys", "--set", "nonsense=1").contains("'nonsense'");
    wrong("serve", "--keys", "--mqtt-port", "abc").contains("mqtt-port", "not a whole number");
    wrong("serve", "--keys", "--mqtt-port", "70000").contains("mqtt-port", "not a port");
    wrong("serve", "--keys", "--set", "max-clock-skew=soon").contains("not a duration");
    wrong("serve", "--keys", "--config", file.toString()).contains("'history.influks'");
    wrong("serve", "--keys", "--config", notYaml.toString()).contains("not a list of keys");
    wrong("serve", "--keys", "--config", folder + "/none.yaml").contains("cannot read");
  }

  private static org.assertj.core.api.AbstractStringAssert<?> wrong(String... arguments) {
    Foretell.Ran ran = Foretell.run(arguments);
    assertThat(ran.exit()).as(ran.toString()).isEqualTo(1);
    oneLine(ran, "");
    return assertThat(ran.err());
  }

  @Test
  void command_thatIsUnknown_isWrongUsage() {
    Foretell.Ran ran = Foretell.run("serf");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("serf").doesNotContain("\tat ");
    assertThat(Foretell.run("serve", "--no-such-flag").exit()).isEqualTo(2);
  }

  @Test
  void apiCall_withoutTheToken_isRefusedWithItsReason() {
    ApiClient stranger = new ApiClient(server.url(), "nobody");

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> stranger.get("/fleet", Map.of()))
        .hasMessageContaining("NOT_AUTHENTICATED");
  }

  private static Foretell.Ran serve(Path folder, Map<String, String> ports) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    List<String> arguments = new ArrayList<>(List.of("serve", "--data", folder.toString()));
    for (String listener : List.of("http", "mqtt", "mqtts", "coap", "coaps")) {
      arguments.addAll(List.of("--" + listener + "-port", ports.getOrDefault(listener, "0")));
    }
    return Foretell.process(folder, arguments.toArray(String[]::new));
  }

  private static void oneLine(Foretell.Ran ran, String about) {
    assertThat(ran.err().lines().filter(line -> line.startsWith("foretell: ")))
        .as(ran.err())
        .singleElement()
        .asString()
        .contains(about);
    assertThat(ran.err()).doesNotContain("\tat ");
    assertThat(ran.out()).doesNotContain("\tat ");
  }

  private static Identity device() {
    return server.add("bad-" + ++devices);
  }

  /** Sends what can only be judged after its acknowledgement. */
  private static void taken(
      Sender sender, Identity device, String route, String type, byte[] payload) {
    Tool.Ran ran = sender.send(server, device, route, type, payload);
    assertThat(sender.acknowledged(ran)).as(sender + ": " + ran).isTrue();
  }

  private static List<JsonNode> samples(Identity device) {
    return server.items(
        "/devices/" + device.device() + "/history", Map.of("signal", "engine.coolant"));
  }

  private static JsonNode reject(Identity device, String reason, byte[] payload) {
    await("the reject", () -> !server.rejects(device.device()).isEmpty());
    List<JsonNode> rejects = server.rejects(device.device());
    assertThat(rejects).hasSize(1);
    JsonNode reject = rejects.get(0);
    assertThat(reject.path("reason").asText()).isEqualTo(reason);
    assertThat(Base64.getDecoder().decode(reject.path("payload").asText())).isEqualTo(payload);
    return reject;
  }

  /** How a reason shows on a protocol; MQTT 3.1.1 cannot refuse a message. */
  private static String told(Sender sender, String reason) {
    return switch (sender) {
      case MQTT_311, MQTT_5 -> mqtt(sender, reason);
      case COAP -> reason;
      case COAPS -> reason.equals("NOT_AUTHENTICATED") ? "" : reason;
      case HTTP -> "\"reason\":\"" + reason + "\"";
    };
  }

  private static String mqtt(Sender sender, String reason) {
    boolean five = sender == Sender.MQTT_5;
    return switch (reason) {
      case "UNKNOWN_TOPIC" -> five ? "Topic name invalid" : "";
      case "NOT_AUTHENTICATED" -> "bad user name or password";
      case "TOO_LARGE" -> "";
      default -> throw new IllegalArgumentException(reason.toLowerCase(Locale.ROOT));
    };
  }
}
