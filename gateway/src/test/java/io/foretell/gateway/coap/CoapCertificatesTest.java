package io.foretell.gateway.coap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.gateway.ListenerException;
import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Pki;
import io.foretell.gateway.fixture.Pki.Wanted;
import io.foretell.gateway.fixture.Tool;
import io.foretell.gateway.identity.NewDevice;
import io.foretell.proto.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DTLS with X.509 certificates, raw public keys, and pre-shared keys that change. */
class CoapCertificatesTest {
  private static final byte[] BODY = "{\"engine.coolant\": 91.5}".getBytes(UTF_8);
  private static final Pki ACME = Pki.authority("Acme Devices");
  private static final DeviceId PUMP = new DeviceId("acme", "pump-7");

  @TempDir Path folder;

  private House house;
  private CoapListener listener;
  private Path serverCertificate;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    Pki server = Pki.authority("Foretell").issue(new Wanted("localhost").forServers());
    List<Path> files = server.files(folder, "server");
    serverCertificate = files.get(0);
    listener =
        new CoapListener(
            CoapSettings.of("127.0.0.1", CoapSettings.OFF, 0)
                .withIdentity(files.get(0), files.get(1)),
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

  private void trust() {
    house.registry.authorities().add("acme", ACME.pem(), "cn={device}", true, false);
  }

  private static boolean posts(CoapPeer device) throws Exception {
    try {
      CoapResponse response = device.post("/v1/telemetry", BODY, 50);
      return response != null && response.getCode() == ResponseCode.CHANGED;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean lets(Pki device) throws Exception {
    try (CoapPeer peer = CoapPeer.certified(listener.securePort(), device)) {
      return posts(peer);
    }
  }

  /** Who is refused may get no answer at all. */
  private boolean refuses(Pki device) throws Exception {
    try (CoapPeer peer = CoapPeer.certified(listener.securePort(), device)) {
      return !posts(peer.impatient());
    }
  }

  @Test
  void device_with_a_certificate_is_registered_and_posts() throws Exception {
    trust();

    assertThat(lets(ACME.device("pump-7"))).isTrue();

    assertThat(house.door.messages()).hasSize(1);
    assertThat(house.door.messages().get(0).speaker()).isEqualTo(PUMP);
    assertThat(house.registry.find(PUMP)).isPresent();
  }

  @Test
  void certificates_that_are_foreign_expired_or_a_namesakes_get_nowhere() throws Exception {
    trust();
    Instant past = Instant.now().minus(Duration.ofDays(2));
    assertThat(lets(ACME.device("pump-7"))).isTrue();

    assertThat(refuses(Pki.authority("Acme Devices").device("pump-7"))).isTrue();
    assertThat(refuses(ACME.issue(new Wanted("pump-8").valid(past, past.plusSeconds(60)))))
        .isTrue();
    assertThat(refuses(ACME.device("pump-7"))).as("another certificate of that name").isTrue();

    assertThat(house.door.messages()).hasSize(1);
  }

  @Test
  void device_with_a_raw_public_key_posts_until_it_is_revoked() throws Exception {
    KeyPair keys = Pki.pair();
    house.registry.addWithKey(NewDevice.of(PUMP), Pki.pem(keys.getPublic()));

    try (CoapPeer device = CoapPeer.keyed(listener.securePort(), keys);
        CoapPeer stranger = CoapPeer.keyed(listener.securePort(), Pki.pair())) {
      assertThat(posts(device)).isTrue();
      assertThat(posts(stranger.impatient())).isFalse();

      house.registry.revoke(PUMP);

      assertThat(posts(device.impatient())).isFalse();
    }
    assertThat(house.door.messages()).hasSize(1);
    assertThat(house.door.messages().get(0).speaker()).isEqualTo(PUMP);
  }

  @Test
  void device_with_a_certificate_is_cut_when_its_authority_goes() throws Exception {
    trust();
    try (CoapPeer device = CoapPeer.certified(listener.securePort(), ACME.device("pump-7"))) {
      assertThat(posts(device)).isTrue();

      String fingerprint = house.registry.authorities().list("acme").get(0).fingerprint();
      house.registry.authorities().remove("acme", fingerprint);

      assertThat(posts(device.impatient())).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "gnutls"})
  void libcoap_posts_with_a_certificate(String library) throws Exception {
    trust();
    List<Path> files = ACME.device("pump-7").files(folder, "pump");

    Tool.Ran ran =
        libcoap(
            library,
            "-c",
            files.get(0).toString(),
            "-j",
            files.get(1).toString(),
            "-R",
            serverCertificate.toString(),
            "-n",
            "-v",
            "6",
            "-m",
            "post",
            "-t",
            "50",
            "-e",
            "{}",
            "-B",
            "60",
            url());

    assertThat(house.door.messages()).as(ran.exit() + ran.out() + ran.err()).hasSize(1);
    assertThat(house.door.messages().get(0).speaker()).isEqualTo(PUMP);
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "gnutls"})
  void libcoap_posts_with_a_key_beside_certificates(String library) throws Exception {
    Tool.Ran ran =
        libcoap(
            library,
            "-u",
            "truck-1@acme",
            "-k",
            house.truck.psk(),
            "-m",
            "post",
            "-e",
            "{}",
            "-B",
            "60",
            url());

    assertThat(house.door.messages()).as(ran.err()).hasSize(1);
    assertThat(house.door.messages().get(0).speaker()).isEqualTo(House.TRUCK);
  }

  @Test
  void rotation_with_an_overlap_costs_at_most_one_handshake() throws Exception {
    String old = house.truck.psk();
    String fresh = house.registry.rotate(House.TRUCK, Duration.ofHours(1)).psk();
    List<Boolean> done = new ArrayList<>();

    for (String psk : List.of(old, old, fresh, fresh, fresh)) {
      try (CoapPeer device = CoapPeer.secure(listener.securePort(), "truck-1@acme", psk)) {
        done.add(posts(done.size() == 2 ? device.impatient() : device));
      }
    }

    assertThat(done).containsExactly(true, true, false, true, true);
  }

  @Test
  void certificate_or_key_that_is_damaged_keeps_the_ports_closed() throws Exception {
    for (String name : List.of("server.crt", "server.key")) {
      Path file = folder.resolve(name);
      byte[] good = Files.readAllBytes(file);
      for (String broken : List.of("", "-----BEGIN PRIVATE KEY-----\nAAAA\n", "garbage")) {
        Files.write(file, broken.getBytes(US_ASCII));
        CoapListener other =
            new CoapListener(
                CoapSettings.of("127.0.0.1", CoapSettings.OFF, 0)
                    .withIdentity(folder.resolve("server.crt"), folder.resolve("server.key")),
                house.door,
                house.registry,
                house.downlink,
                house.presence,
                house.releases,
                house.blobs);

        assertThatExceptionOfType(ListenerException.class).isThrownBy(other::start);
        assertThat(other.health().ready()).isFalse();
      }
      Files.write(file, good);
    }
  }

  private String url() {
    return "coaps://127.0.0.1:" + listener.securePort() + "/v1/telemetry";
  }

  private static Tool.Ran libcoap(String library, String... arguments) throws Exception {
    return library.equals("gnutls") ? Tool.coapClientGnutls(arguments) : Tool.coapClient(arguments);
  }
}
