package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.fixture.House;
import io.foretell.proto.v1.DeviceCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.elements.util.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OSCORE (RFC 8613), with Californium's client on the other side. */
class OscoreTest {
  private static final byte[] BODY = "{\"engine.coolant\": 91.5}".getBytes(UTF_8);
  private static final String NAME = "truck-1@acme";

  @TempDir Path folder;

  private House house;
  private CoapListener listener;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    start();
  }

  private void start() {
    listener =
        new CoapListener(
            CoapSettings.of("127.0.0.1", 0, CoapSettings.OFF),
            house.door,
            house.registry,
            house.downlink,
            house.presence,
            house.releases,
            house.blobs);
    house.registry.onRevoked(listener::cut);
    listener.start();
  }

  @AfterEach
  void close() {
    listener.close();
    house.close();
  }

  private CoapPeer truck(int sequence) throws Exception {
    return CoapPeer.oscore(listener.port(), NAME, house.truck.psk(), sequence);
  }

  private static Request post(byte[] body) {
    Request request = Request.newPost();
    request.getOptions().setOscore(Bytes.EMPTY).setContentFormat(50);
    request.setPayload(body);
    return request;
  }

  private static ResponseCode posts(CoapPeer peer) throws Exception {
    CoapResponse response = peer.send(post(BODY), "/v1/telemetry");
    return response.getCode();
  }

  @Test
  void device_posts_after_its_freshness_is_shown() throws Exception {
    try (CoapPeer truck = truck(0)) {
      CoapResponse first = truck.sendOnce(post(BODY), "/v1/telemetry");
      assertThat(first.getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
      assertThat(house.door.messages()).isEmpty();

      assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
      assertThat(truck.sendOnce(post(BODY), "/v1/telemetry").getCode())
          .as("shown once, it holds")
          .isEqualTo(ResponseCode.CHANGED);
    }
    assertThat(house.door.messages()).hasSize(2);
    assertThat(house.door.messages().get(0).speaker()).isEqualTo(House.TRUCK);
    assertThat(house.door.messages().get(0).payload()).isEqualTo(BODY);
    assertThat(house.door.messages().get(0).contentType()).isEqualTo("application/json");
    assertThat(house.door.messages().get(0).path()).isEqualTo("/v1/telemetry");
  }

  @Test
  void wrong_key_and_unknown_device_get_nowhere() throws Exception {
    try (CoapPeer thief = CoapPeer.oscore(listener.port(), NAME, "x".repeat(32), 0);
        CoapPeer ghost = CoapPeer.oscore(listener.port(), "ghost@acme", house.truck.psk(), 0)) {
      assertThat(posts(thief)).isEqualTo(ResponseCode.BAD_REQUEST);
      assertThat(posts(ghost)).isEqualTo(ResponseCode.UNAUTHORIZED);
    }
    assertThat(house.door.messages()).isEmpty();
  }

  @Test
  void number_that_was_used_is_refused() throws Exception {
    try (CoapPeer truck = truck(100)) {
      assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
    }
    try (CoapPeer replay = truck(100)) {
      assertThat(replay.sendOnce(post(BODY), "/v1/telemetry").getCode())
          .isEqualTo(ResponseCode.UNAUTHORIZED);
    }
    try (CoapPeer older = truck(99)) {
      assertThat(older.sendOnce(post(BODY), "/v1/telemetry").getCode())
          .isEqualTo(ResponseCode.UNAUTHORIZED);
    }
    assertThat(house.door.messages()).hasSize(1);
  }

  @Test
  void forged_number_does_not_lock_the_device_out() throws Exception {
    try (CoapPeer truck = truck(0)) {
      assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
      try (CoapPeer forger = CoapPeer.oscore(listener.port(), NAME, "x".repeat(32), 1_000_000)) {
        assertThat(posts(forger)).isEqualTo(ResponseCode.BAD_REQUEST);
      }

      assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
    }
  }

  @Test
  void server_that_restarts_asks_for_freshness_again() throws Exception {
    try (CoapPeer truck = truck(5)) {
      assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
    }
    listener.close();
    start();

    try (CoapPeer replay = truck(6)) {
      assertThat(replay.sendOnce(post(BODY), "/v1/telemetry").getCode())
          .isEqualTo(ResponseCode.UNAUTHORIZED);
      assertThat(house.door.messages()).hasSize(1);
      assertThat(posts(replay)).isEqualTo(ResponseCode.CHANGED);
    }
  }

  @Test
  void device_polls_for_its_commands() throws Exception {
    house.issue("c-1");
    try (CoapPeer truck = truck(0)) {
      Request get = Request.newGet();
      get.getOptions().setOscore(Bytes.EMPTY);

      CoapResponse response = truck.send(get, "/v1/commands");

      assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
      assertThat(DeviceCommand.parseFrom(response.getPayload()).getId()).isEqualTo("c-1");
    }
  }

  @Test
  void body_in_inner_blocks_arrives_whole() throws Exception {
    byte[] large = new byte[5_000];
    new Random(1).nextBytes(large);
    try (CoapPeer truck = truck(0)) {
      assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
      assertThat(truck.sendOnce(post(large), "/v1/frames").getCode())
          .isEqualTo(ResponseCode.CHANGED);
    }
    assertThat(house.door.messages()).hasSize(2);
    assertThat(Arrays.equals(house.door.messages().get(1).payload(), large)).isTrue();
  }

  @Test
  void revocation_ends_it_and_rotation_takes_both_keys() throws Exception {
    try (CoapPeer truck = truck(0)) {
      assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
      String fresh = house.registry.rotate(House.TRUCK, Duration.ofHours(1)).psk();
      listener.cut(House.TRUCK);
      try (CoapPeer renewed = CoapPeer.oscore(listener.port(), NAME, fresh, 0)) {
        assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);
        assertThat(posts(renewed)).isEqualTo(ResponseCode.CHANGED);
        assertThat(posts(truck)).isEqualTo(ResponseCode.CHANGED);

        house.registry.revoke(House.TRUCK);

        assertThat(posts(truck)).isEqualTo(ResponseCode.UNAUTHORIZED);
        assertThat(posts(renewed)).isEqualTo(ResponseCode.UNAUTHORIZED);
      }
    }
  }
}
