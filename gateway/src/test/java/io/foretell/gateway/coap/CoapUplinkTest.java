package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.Door.Receipt;
import io.foretell.gateway.ListenerException;
import io.foretell.gateway.fixture.FakeDoor.Message;
import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Position;
import io.foretell.proto.ReasonCode;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CoapUplinkTest {
  private static final byte[] BODY = "{\"engine.coolant\": 91.5}".getBytes(UTF_8);

  @TempDir Path folder;

  private House house;
  private CoapListener listener;
  private CoapPeer device;
  private String auth;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, true);
    listener =
        new CoapListener(
            CoapSettings.of("127.0.0.1", 0, CoapSettings.OFF),
            house.door,
            house.registry,
            house.downlink,
            house.presence,
            house.releases,
            house.blobs);
    listener.start();
    device = CoapPeer.plain(listener.port());
    auth = "?token=" + house.truck.token();
  }

  @AfterEach
  void close() {
    device.close();
    listener.close();
    house.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/telemetry, 50, application/json",
    "/v1/faults, 60, application/cbor",
    "/v1/frames, 42, application/octet-stream",
    "/v1/replies, 0, text/plain; charset=utf-8",
    "/v1/updates, 65001, application/x-protobuf",
    "/v1/d/sensor-1/telemetry, 112, application/senml+cbor",
    "/v1/telemetry, 2222, coap-content-format/2222",
  })
  void post_reaches_the_door_with_path_and_content_type(String path, int format, String type)
      throws Exception {
    CoapResponse response = device.post(path + auth, BODY, format);

    assertThat(response.getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(house.door.messages()).hasSize(1);
    Message message = house.door.messages().get(0);
    assertThat(message.speaker()).isEqualTo(House.TRUCK);
    assertThat(message.path()).isEqualTo(path);
    assertThat(message.contentType()).isEqualTo(type);
    assertThat(message.via()).isEqualTo("coap");
    assertThat(message.payload()).isEqualTo(BODY);
  }

  @Test
  void post_without_a_content_format_or_body_reaches_the_door() throws Exception {
    Request request = Request.newPost();

    assertThat(device.send(request, "/v1/telemetry" + auth).isSuccess()).isTrue();

    assertThat(house.door.messages().get(0).contentType()).isEmpty();
    assertThat(house.door.messages().get(0).payload()).isEmpty();
  }

  @Test
  void answer_waits_until_the_message_is_on_disk() throws Exception {
    CompletableFuture<Receipt> onDisk = new CompletableFuture<>();
    house.door.answers(onDisk);

    CompletableFuture<CoapResponse> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return device.post("/v1/telemetry" + auth, BODY, 50);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(answer)
        .withFailMessage("answered before it was stored")
        .failsWithin(Duration.ofMillis(400));
    onDisk.complete(new Receipt.Stored(new Position("uplink", 0, 0)));

    assertThat(answer.get(60, TimeUnit.SECONDS).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(house.door.messages()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(ReasonCode.class)
  void reject_is_answered_with_its_reason(ReasonCode reason) throws Exception {
    house.door.answers(new Receipt.Rejected(reason, "because"));

    CoapResponse response = device.post("/v1/telemetry" + auth, BODY, 50);

    assertThat(response.getResponseText()).isEqualTo(reason.name());
    int httpClass = reason.httpStatus() / 100;
    assertThat(response.getCode().codeClass).isEqualTo(httpClass);
  }

  @Test
  void unavailable_storage_is_5_03_with_max_age() throws Exception {
    house.door.answers(new Receipt.Unavailable(ReasonCode.STORAGE_UNAVAILABLE, "disk full"));

    CoapResponse response = device.post("/v1/telemetry" + auth, BODY, 50);

    assertThat(response.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
    assertThat(response.getOptions().getMaxAge()).isEqualTo(10);
  }

  @Test
  void unknown_path_is_4_04_with_its_reason() throws Exception {
    assertThat(device.post("/v1/nonsense" + auth, BODY, 50).getResponseText())
        .isEqualTo("UNKNOWN_TOPIC");
    assertThat(device.post("/v2/telemetry" + auth, BODY, 50).getCode())
        .isEqualTo(ResponseCode.NOT_FOUND);
    assertThat(device.get("/v1/telemetry" + auth).getCode())
        .isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
    assertThat(device.get("/").getCode()).isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
  }

  @Test
  void token_that_is_absent_wrong_or_revoked_is_4_01() throws Exception {
    assertThat(device.post("/v1/telemetry", BODY, 50).getCode())
        .isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(device.post("/v1/telemetry?token=guess", BODY, 50).getCode())
        .isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(device.post("/v1/telemetry" + auth, BODY, 50).isSuccess()).isTrue();

    house.registry.revoke(House.TRUCK);

    CoapResponse response = device.post("/v1/telemetry" + auth, BODY, 50);
    assertThat(response.getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(response.getResponseText()).isEqualTo("NOT_AUTHENTICATED");
    assertThat(house.door.messages()).hasSize(1);
  }

  @Test
  void sandbox_guest_is_taken_by_name() throws Exception {
    assertThat(device.post("/v1/telemetry?device=d1", BODY, 50).isSuccess()).isTrue();
    assertThat(device.post("/v1/telemetry?device=a%20b", BODY, 50).getResponseText())
        .isEqualTo("INVALID_NAME");

    assertThat(house.door.messages().get(0).speaker()).isEqualTo(new DeviceId("sandbox", "d1"));
  }

  @Test
  void libcoap_posts_one_datagram_and_many_blocks() throws Exception {
    byte[] large = new byte[300_000];
    new Random(1).nextBytes(large);
    Path file = folder.resolve("large.bin");
    Files.write(file, large);
    String url = "coap://127.0.0.1:" + listener.port() + "/v1/frames" + auth;

    Tool.Ran small = Tool.coapClient("-m", "post", "-t", "50", "-e", "hello", url);
    Tool.Ran big =
        Tool.coapClient("-m", "post", "-t", "42", "-b", "1024", "-f", file.toString(), url);

    assertThat(small.err()).isEmpty();
    assertThat(big.err()).isEmpty();
    assertThat(house.door.messages()).hasSize(2);
    assertThat(house.door.messages().get(0).payload()).isEqualTo("hello".getBytes(UTF_8));
    assertThat(house.door.messages().get(1).payload()).isEqualTo(large);
  }

  @Test
  void body_above_the_limit_is_4_13() throws Exception {
    assertThat(device.post("/v1/frames" + auth, new byte[1 << 20], 42).isSuccess()).isTrue();
    CoapResponse refused = device.post("/v1/frames" + auth, new byte[(1 << 20) + 1], 42);
    assertThat(refused.getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
    assertThat(refused.getResponseText()).isEqualTo("TOO_LARGE");
    assertThat(refused.getOptions().getSize1()).isEqualTo(1 << 20);
    assertThat(house.door.messages()).hasSize(1);
  }

  @Test
  void first_block_of_a_stranger_is_refused_at_once() throws Exception {
    CoapResponse response = device.post("/v1/frames?token=guess", new byte[100_000], 42);

    assertThat(response.getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(response.getResponseText()).isEqualTo("NOT_AUTHENTICATED");
  }

  @Test
  void third_unfinished_body_of_a_device_is_refused() throws Exception {
    for (int i = 0; i < BlockGuard.MAX_AT_ONCE; i++) {
      assertThat(firstBlock("&n=" + i).getCode()).isEqualTo(ResponseCode.CONTINUE);
    }

    CoapResponse third = firstBlock("&n=third");

    assertThat(third.getCode()).isEqualTo(ResponseCode.TOO_MANY_REQUESTS);
    assertThat(third.getResponseText()).isEqualTo("QUOTA_EXCEEDED");
  }

  private CoapResponse firstBlock(String more) throws Exception {
    try (RawPeer raw = new RawPeer(listener.port())) {
      return raw.firstBlock("/v1/frames" + auth + more);
    }
  }

  @Test
  void discovery_lists_exactly_what_there_is() throws Exception {
    Tool.Ran ran = Tool.coapClient("coap://127.0.0.1:" + listener.port() + "/.well-known/core");

    assertThat(ran.out().strip().split(","))
        .extracting(link -> link.substring(0, link.indexOf('>') + 1))
        .containsExactlyInAnyOrder(
            "</v1/telemetry>",
            "</v1/faults>",
            "</v1/frames>",
            "</v1/replies>",
            "</v1/updates>",
            "</v1/commands>",
            "</v1/artifacts>",
            "</v1/metadata>");
  }

  @Test
  void stranger_gets_less_than_three_times_what_it_sent() throws Exception {
    for (String path : new String[] {"/.well-known/core", "/", "/v1/commands", "/v1/artifacts/x"}) {
      try (RawPeer raw = new RawPeer(listener.port())) {
        byte[] request = raw.bytesOfGet(path);
        byte[] response = raw.exchange(request);

        assertThat(response.length).as(path).isLessThanOrEqualTo(3 * request.length);
      }
    }
  }

  @Test
  void proxy_request_is_5_05() throws Exception {
    Tool.Ran ran =
        Tool.coapClient(
            "-P", "coap://127.0.0.1:" + listener.port(), "coap://192.0.2.1/v1/telemetry");

    assertThat(ran.err()).contains("5.05");
  }

  @Test
  void rubbish_costs_nobody_else_anything() throws Exception {
    Random random = new Random(7);
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 2000; i++) {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        socket.send(
            new DatagramPacket(
                noise,
                noise.length,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port())));
      }
    }

    assertThat(device.post("/v1/telemetry" + auth, BODY, 50).isSuccess()).isTrue();
  }

  @Test
  void port_in_use_is_said_clearly() {
    CoapListener second =
        new CoapListener(
            CoapSettings.of("127.0.0.1", listener.port(), CoapSettings.OFF),
            house.door,
            house.registry,
            house.downlink,
            house.presence,
            house.releases,
            house.blobs);

    assertThatExceptionOfType(ListenerException.class)
        .isThrownBy(second::start)
        .withMessageContaining("CoAP cannot listen on udp 127.0.0.1:" + listener.port());
    assertThat(second.health().ready()).isFalse();
    second.close();
  }
}
