package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Door.Receipt;
import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.foretell.proto.Await;
import io.foretell.proto.Digest;
import io.foretell.proto.Position;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What peers try that follow no protocol, or that are not where they say. */
class CoapThreatsTest {
  private static final int HELLO_VERIFY_REQUEST = 3;
  private static final int SERVER_HELLO = 2;

  @TempDir Path folder;

  private House house;
  private CoapListener listener;
  private int lastId = 100;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    listener =
        new CoapListener(
            CoapSettings.of("127.0.0.1", 0, 0).withMaxInFlight(2),
            house.door,
            house.registry,
            house.downlink,
            house.presence,
            house.releases,
            house.blobs);
    listener.start();
  }

  @AfterEach
  void close() {
    listener.close();
    house.close();
  }

  private byte[] get(String path, Option... options) {
    Request request = Request.newGet();
    request.getOptions().setUriPath(path).addUriQuery("token=" + house.truck.token());
    for (Option option : options) {
      request.getOptions().addOtherOption(option);
    }
    return bytes(request);
  }

  private byte[] bytes(Request request) {
    request.setMID(lastId++);
    request.setToken(new Token(new byte[] {1, (byte) lastId}));
    return new UdpDataSerializer().getByteArray(request);
  }

  private static Response parsed(byte[] datagram) {
    return (Response) new UdpDataParser().parseMessage(datagram);
  }

  private static Option echo(Response response) {
    return response.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
  }

  @Test
  void address_that_is_not_proven_gets_at_most_three_times_what_it_sent() throws Exception {
    Digest digest = house.artifact(new byte[5_000]);
    String path = "/v1/artifacts/" + digest.hex();
    try (RawPeer peer = new RawPeer(listener.port());
        RawPeer victim = new RawPeer(listener.port())) {
      byte[] request = get(path);
      byte[] answer = peer.exchange(request);
      Option echo = echo(parsed(answer));

      assertThat(parsed(answer).getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
      assertThat(answer).hasSizeLessThanOrEqualTo(3 * request.length);
      assertThat(echo).isNotNull();

      byte[] elsewhere = victim.exchange(get(path, echo));
      assertThat(parsed(elsewhere).getCode())
          .as("an Echo is good for its address alone")
          .isEqualTo(ResponseCode.UNAUTHORIZED);

      byte[] whole = peer.exchange(get(path, echo));
      assertThat(parsed(whole).getCode()).isEqualTo(ResponseCode.CONTENT);
      assertThat(whole).hasSizeGreaterThan(1_000);
      assertThat(parsed(peer.exchange(get(path))).getCode())
          .as("once proven, for a while")
          .isEqualTo(ResponseCode.CONTENT);
    }
  }

  @Test
  void libcoap_brings_the_echo_back_by_itself() throws Exception {
    Digest digest = house.artifact("content".repeat(50).getBytes(UTF_8));
    String url =
        "coap://127.0.0.1:"
            + listener.port()
            + "/v1/artifacts/"
            + digest.hex()
            + "?token="
            + house.truck.token();

    assertThat(Tool.coapClient("-B", "60", url).out()).contains("content".repeat(50));
  }

  @Test
  void echo_that_is_made_up_proves_nothing() throws Exception {
    Digest digest = house.artifact(new byte[5_000]);
    try (RawPeer peer = new RawPeer(listener.port())) {
      for (int length : new int[] {1, 8, 40}) {
        Option echo = new Option(StandardOptionRegistry.ECHO.getNumber(), new byte[length]);
        byte[] request = get("/v1/artifacts/" + digest.hex(), echo);

        assertThat(peer.exchange(request)).hasSizeLessThanOrEqualTo(3 * request.length);
      }
    }
  }

  @Test
  void smallest_requests_get_small_answers() throws Exception {
    try (RawPeer peer = new RawPeer(listener.port())) {
      for (String path : new String[] {"/", "/x", "/v1", "/v1/commands", "/.well-known/core"}) {
        Request request = Request.newGet();
        request.getOptions().setUriPath(path);
        byte[] bytes = bytes(request);

        assertThat(peer.exchange(bytes)).as(path).hasSizeLessThanOrEqualTo(3 * bytes.length);
      }
    }
  }

  @Test
  void more_than_may_wait_for_the_disk_is_sent_away_with_a_time_to_come_back() throws Exception {
    CompletableFuture<Receipt> disk = new CompletableFuture<>();
    house.door.answers(disk);
    try (RawPeer peer = new RawPeer(listener.port())) {
      for (int i = 0; i < 2; i++) {
        peer.send(post());
      }
      byte[] answer = peer.exchange(post());

      Response refusal = parsed(answer);
      assertThat(refusal.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
      assertThat(refusal.getOptions().getMaxAge()).isPositive();
      assertThat(refusal.getPayloadString()).isEqualTo("OVERLOADED");
      Await.until("both are at the door", () -> house.door.messages().size() == 2);
      assertThat(listener.overloaded()).isEqualTo(1);

      disk.complete(new Receipt.Stored(new Position("uplink", 0, 0)));
      peer.receive();
      peer.receive();
      assertThat(parsed(peer.exchange(post())).getCode()).isEqualTo(ResponseCode.CHANGED);
    }
  }

  private byte[] post() {
    Request request = Request.newPost();
    request
        .getOptions()
        .setUriPath("/v1/telemetry")
        .addUriQuery("token=" + house.truck.token())
        .setContentFormat(50);
    request.setPayload("{}".getBytes(UTF_8));
    return bytes(request);
  }

  @Test
  void client_hello_that_is_replayed_from_elsewhere_gets_a_cookie_and_no_more() throws Exception {
    try (RawPeer device = new RawPeer(listener.securePort());
        RawPeer thief = new RawPeer(listener.securePort())) {
      byte[] hello = clientHello(new byte[0], 0);
      byte[] request = device.exchange(hello);
      assertThat(messageType(request)).isEqualTo(HELLO_VERIFY_REQUEST);
      assertThat(request).hasSizeLessThanOrEqualTo(3 * hello.length);
      byte[] cookie = Arrays.copyOfRange(request, 28, 28 + request[27]);

      byte[] good = clientHello(cookie, 1);
      assertThat(messageType(thief.exchange(good))).isEqualTo(HELLO_VERIFY_REQUEST);
      assertThat(messageType(device.exchange(good))).isEqualTo(SERVER_HELLO);
    }
  }

  private static int messageType(byte[] record) {
    assertThat(record[0]).as("a handshake record").isEqualTo((byte) 22);
    return record[13];
  }

  /** RFC 6347 section 4.2: one suite, TLS_PSK_WITH_AES_128_CCM_8. */
  private static byte[] clientHello(byte[] cookie, int sequence) {
    ByteBuffer body = ByteBuffer.allocate(200);
    body.putShort((short) 0xFEFD).put(new byte[32]).put((byte) 0);
    body.put((byte) cookie.length).put(cookie);
    body.putShort((short) 2).putShort((short) 0xC0A8).put((byte) 1).put((byte) 0);
    int length = body.position();
    ByteBuffer record = ByteBuffer.allocate(25 + length);
    record.put((byte) 22).putShort((short) 0xFEFD).putShort((short) 0);
    record.putShort((short) 0).putInt(sequence).putShort((short) (12 + length));
    record.put((byte) 1).put((byte) 0).putShort((short) length).putShort((short) sequence);
    record.put((byte) 0).putShort((short) 0).put((byte) 0).putShort((short) length);
    record.put(body.array(), 0, length);
    return record.array();
  }
}
