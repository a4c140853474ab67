package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.foretell.gateway.identity.NewDevice;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoapsTest {
  private static final byte[] BODY = "{\"engine.coolant\": 91.5}".getBytes(UTF_8);

  @TempDir Path folder;

  private House house;
  private CoapListener listener;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    listener =
        new CoapListener(
            CoapSettings.of("127.0.0.1", CoapSettings.OFF, 0),
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

  @Test
  void libcoap_posts_with_identity_and_key() throws Exception {
    Tool.Ran ran = libcoap(house.truck.psk(), "-m", "post", "-t", "50", "-e", "{}", url());

    assertThat(ran.err()).isEmpty();
    assertThat(house.door.messages()).hasSize(1);
    assertThat(house.door.messages().get(0).speaker()).isEqualTo(House.TRUCK);
  }

  @Test
  void libcoap_with_a_wrong_key_gets_nowhere() throws Exception {
    libcoap("x".repeat(32), "-B", "3", "-m", "post", "-e", "{}", url());

    assertThat(house.door.messages()).isEmpty();
  }

  @Test
  void libcoap_fetches_an_artifact_block_by_block() throws Exception {
    byte[] bytes = new byte[100_000];
    new Random(3).nextBytes(bytes);
    Digest digest = house.artifact(bytes);
    Path file = folder.resolve("fetched");

    libcoap(
        house.truck.psk(),
        "-o",
        file.toString(),
        "coaps://127.0.0.1:" + listener.securePort() + "/v1/artifacts/" + digest.hex());

    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void default_tenant_needs_no_suffix_and_a_token_in_the_query_changes_nothing() throws Exception {
    String psk = house.registry.add(NewDevice.of(DeviceId.parse("pump-7"))).psk();

    try (CoapPeer pump = CoapPeer.secure(listener.securePort(), "pump-7", psk)) {
      pump.post("/v1/telemetry?token=" + house.truck.token(), BODY, 50);
    }

    assertThat(house.door.messages().get(0).speaker()).isEqualTo(new DeviceId("default", "pump-7"));
  }

  @Test
  void unknown_identity_gets_nowhere() {
    assertThatThrownBy(
            () -> {
              try (CoapPeer peer =
                  CoapPeer.hasty(listener.securePort(), "ghost@acme", house.truck.psk())) {
                peer.post("/v1/telemetry", BODY, 50);
              }
            })
        .isInstanceOf(Exception.class);
    assertThat(house.door.messages()).isEmpty();
  }

  @Test
  void device_that_gets_another_address_goes_on_by_its_connection_id() throws Exception {
    try (UdpRelay relay = new UdpRelay(listener.securePort());
        CoapPeer device = CoapPeer.secure(relay.port(), "truck-1@acme", house.truck.psk())) {
      assertThat(device.post("/v1/telemetry", BODY, 50).isSuccess()).isTrue();

      relay.rebind();

      CoapResponse response = device.post("/v1/telemetry", BODY, 50);
      assertThat(response).isNotNull();
      assertThat(response.getCode()).isEqualTo(ResponseCode.CHANGED);
      assertThat(house.door.messages()).hasSize(2);
    }
  }

  @Test
  void revoked_device_is_cut_and_cannot_come_back() throws Exception {
    try (CoapPeer device =
        CoapPeer.secure(listener.securePort(), "truck-1@acme", house.truck.psk())) {
      assertThat(device.post("/v1/telemetry", BODY, 50).isSuccess()).isTrue();

      house.registry.revoke(House.TRUCK);

      long begun = System.nanoTime();
      // Until the session is gone, which is not at once, whatever comes on it is refused.
      Optional<CoapResponse> answer = answerIfAny(device);
      while (answer.isPresent()) {
        assertThat(answer.get().getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
        assertThat(System.nanoTime() - begun).as("ns").isLessThan(10_000_000_000L);
        answer = answerIfAny(device);
      }
      assertThat(house.door.messages()).hasSize(1);
    }
  }

  @Test
  void rotated_key_counts_from_now_on() throws Exception {
    String after = house.registry.rotate(House.TRUCK).psk();

    assertThat(libcoap(after, "-m", "post", "-e", "{}", url()).err()).isEmpty();
    assertThat(house.door.messages()).hasSize(1);
  }

  /** Empty where the session is gone: the connector says so, or nothing ever comes. */
  private static Optional<CoapResponse> answerIfAny(CoapPeer device) throws Exception {
    try {
      return Optional.ofNullable(device.impatient().post("/v1/telemetry", BODY, 50));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String url() {
    return "coaps://127.0.0.1:" + listener.securePort() + "/v1/telemetry";
  }

  private static Tool.Ran libcoap(String key, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 4];
    all[0] = "-u";
    all[1] = "truck-1@acme";
    all[2] = "-k";
    all[3] = key;
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return Tool.coapClient(all);
  }
}
