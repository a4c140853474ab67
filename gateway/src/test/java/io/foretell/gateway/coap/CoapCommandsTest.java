package io.foretell.gateway.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Downlink.State;
import io.foretell.gateway.fixture.House;
import io.foretell.gateway.fixture.Tool;
import io.foretell.proto.Telemetry.Outcome;
import io.foretell.proto.v1.DeviceCommand;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoapCommandsTest {
  private static final int JSON = 50;
  private static final int BINARY = 42;

  @TempDir Path folder;

  private House house;
  private CoapListener listener;
  private CoapPeer device;
  private String path;

  @BeforeEach
  void open() throws Exception {
    house = new House(folder, false);
    house.registry.onRevoked(id -> listener.cut(id));
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
    path = "/v1/commands?token=" + house.truck.token();
  }

  @AfterEach
  void close() {
    device.close();
    listener.close();
    house.close();
  }

  @Test
  void observer_gets_what_waits_and_what_comes_one_notification_each_in_order() throws Exception {
    house.issue("c1", "c2", "c3");

    CoapPeer.Observation observation = device.observe(path, BINARY);
    assertThat(observation.next().getPayload()).isEmpty();
    for (String id : new String[] {"c1", "c2", "c3"}) {
      assertThat(command(observation.next()).getId()).isEqualTo(id);
    }
    house.issue("c4");

    DeviceCommand last = command(observation.next());
    assertThat(last.getId()).isEqualTo("c4");
    assertThat(last.getVerb()).isEqualTo("reboot");
    assertThat(last.getPreconditionsList()).containsExactly("parked");
    assertThat(house.states()).containsOnly(State.DELIVERED);
  }

  @Test
  void more_commands_than_a_connection_holds_all_arrive_in_order() throws Exception {
    CoapPeer.Observation observation = device.observe(path, BINARY);
    observation.next();
    for (int i = 0; i < 60; i++) {
      house.issue("c" + i);
    }

    for (int i = 0; i < 60; i++) {
      assertThat(command(observation.next()).getId()).isEqualTo("c" + i);
      house.downlink.expire(System.currentTimeMillis());
    }
  }

  @Test
  void unanswered_command_comes_again_at_the_next_observation() throws Exception {
    house.issue("c1", "c2");
    CoapPeer.Observation first = device.observe(path, JSON);
    first.next();
    assertThat(first.next().getResponseText()).contains("\"id\":\"c1\"");
    assertThat(first.next().getResponseText()).contains("\"id\":\"c2\"");
    house.reply("c1", Outcome.ACCEPTED);

    try (CoapPeer restarted = CoapPeer.plain(listener.port())) {
      CoapPeer.Observation second = restarted.observe(path, JSON);
      second.next();
      CoapResponse again = second.next();

      assertThat(again.getResponseText()).contains("\"id\":\"c2\"");
      assertThat(again.getOptions().getContentFormat()).isEqualTo(JSON);
      assertThat(second.isQuiet()).isTrue();
    }
  }

  @Test
  void command_larger_than_a_datagram_arrives_whole() throws Exception {
    String arguments = "{\"text\":\"" + "x".repeat(5000) + "\"}";
    CoapPeer.Observation observation = device.observe(path, BINARY);
    observation.next();

    house.issueWith("c1", arguments);
    assertThat(command(observation.next()).getArguments()).isEqualTo(arguments);
    house.issue("c2");
    assertThat(command(observation.next()).getId()).isEqualTo("c2");
  }

  @Test
  void presence_follows_the_observation() throws Exception {
    CoapPeer.Observation observation = device.observe(path, BINARY);
    observation.next();
    assertThat(house.presence.next()).isEqualTo("arrived truck-1@acme coap-observe");

    observation.cancel();
    assertThat(house.presence.next()).isEqualTo("left truck-1@acme coap-observe closed");

    house.issue("c1");
    assertThat(house.states()).containsExactly(State.QUEUED);
  }

  @Test
  void observer_that_rejects_a_notification_has_left() throws Exception {
    CoapPeer.Observation observation = device.observe(path, BINARY);
    observation.next();
    house.presence.next();
    observation.forget();

    house.issue("c1");

    assertThat(house.presence.next()).isEqualTo("left truck-1@acme coap-observe closed");
  }

  @Test
  void revoked_observer_is_told_and_cut() throws Exception {
    CoapPeer.Observation observation = device.observe(path, BINARY);
    observation.next();
    house.presence.next();

    house.registry.revoke(House.TRUCK);

    assertThat(house.presence.next()).startsWith("left truck-1@acme coap-observe");
    house.issue("c1");
    assertThat(house.states()).containsExactly(State.QUEUED);
  }

  @Test
  void stopping_server_says_why_its_observers_left() throws Exception {
    CoapPeer.Observation observation = device.observe(path, BINARY);
    observation.next();
    house.presence.next();

    listener.close();

    assertThat(house.presence.next()).isEqualTo("left truck-1@acme coap-observe server-stopped");
  }

  @Test
  void observer_that_answers_pings_stays() throws Exception {
    listener.close();
    listener =
        new CoapListener(
            CoapSettings.of("127.0.0.1", 0, CoapSettings.OFF)
                .withObserveCheck(Duration.ofMillis(20)),
            house.door,
            house.registry,
            house.downlink,
            house.presence,
            house.releases,
            house.blobs);
    listener.start();
    try (CoapPeer pinged = CoapPeer.plain(listener.port())) {
      CoapPeer.Observation observation = pinged.observe(path, BINARY);
      observation.next();
      for (int i = 0; i < 10; i++) {
        house.issue("c" + i);
        assertThat(command(observation.next()).getId()).isEqualTo("c" + i);
      }
    }
    assertThat(house.presence.next()).startsWith("arrived");
    listener.close();
    assertThat(house.presence.next()).endsWith("server-stopped");
  }

  @Test
  void plain_get_gives_the_oldest_unanswered_command() throws Exception {
    assertThat(device.get(path).getPayload()).isEmpty();
    house.issue("c1", "c2");

    assertThat(command(device.get(path)).getId()).isEqualTo("c1");
    assertThat(command(device.get(path)).getId()).isEqualTo("c1");
    house.reply("c1", Outcome.ACCEPTED);
    assertThat(command(device.get(path)).getId()).isEqualTo("c2");
    house.reply("c2", Outcome.DONE);
    assertThat(device.get(path).getPayload()).isEmpty();
  }

  @Test
  void stranger_and_unknown_format_are_refused() throws Exception {
    assertThat(device.get("/v1/commands?token=guess").getCode())
        .isEqualTo(ResponseCode.UNAUTHORIZED);
    Request xml = Request.newGet();
    xml.getOptions().setAccept(41);
    assertThat(device.send(xml, path).getCode()).isEqualTo(ResponseCode.NOT_ACCEPTABLE);
  }

  @Test
  void libcoap_observes() throws Exception {
    house.issue("c1", "c2");

    Tool.Ran ran =
        Tool.coapClient("-s", "6", "-A", "50", "-w", "coap://127.0.0.1:" + listener.port() + path);

    assertThat(ran.out().lines().filter(line -> !line.isBlank()))
        .satisfiesExactly(
            one -> assertThat(one).contains("\"id\":\"c1\"").contains("\"verb\":\"reboot\""),
            two -> assertThat(two).contains("\"id\":\"c2\""));
    assertThat(house.presence.next()).startsWith("arrived");
    assertThat(house.presence.next()).startsWith("left");
  }

  private static DeviceCommand command(CoapResponse response) throws Exception {
    return DeviceCommand.parseFrom(response.getPayload());
  }
}
