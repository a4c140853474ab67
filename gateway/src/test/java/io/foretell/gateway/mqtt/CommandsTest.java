package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.mqtt.ScriptedPeer.Packet;
import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.v1.DeviceCommand;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandsTest {
  private static final DeviceId DEVICE = new DeviceId("sandbox", "dev1");

  private static Command command(String id) {
    long now = System.currentTimeMillis();
    return new Command(
        id, "reboot", "{\"in\":5}", now, now + 90_000, List.of("parked"), "user:eva");
  }

  @Test
  void command_that_waits_is_sent_at_the_subscription_as_protobuf() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(4, "dev1")) {
      Command waiting = command("c1");
      gateway.downlink.issue(DEVICE, waiting);
      peer.send(ScriptedPeer.subscribe(4, 1, "v1/commands", 1));
      assertThat(peer.read().hex()).isEqualTo("90000101");
      Packet publish = peer.read();
      assertThat(publish.first()).isEqualTo(0x32);
      assertThat(topic(publish)).isEqualTo("v1/commands");
      DeviceCommand got = DeviceCommand.parseFrom(tail(publish, 2 + 11 + 2));
      assertThat(got.getId()).isEqualTo("c1");
      assertThat(got.getVerb()).isEqualTo("reboot");
      assertThat(got.getArguments()).isEqualTo("{\"in\":5}");
      assertThat(got.getExpiresAt()).isEqualTo(waiting.expiresAt());
      assertThat(got.getPreconditionsList()).containsExactly("parked");
    }
  }

  @Test
  void command_in_json_goes_to_the_filter_that_asked_for_it() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(4, "dev1")) {
      peer.send(ScriptedPeer.subscribe(4, 1, "v1/commands/json", 0));
      assertThat(peer.read().hex()).isEqualTo("90000100");
      gateway.downlink.listened.poll(60, TimeUnit.SECONDS);
      assertThat(gateway.downlink.issue(DEVICE, command("c1"))).isTrue();
      Packet publish = peer.read();
      assertThat(publish.first()).isEqualTo(0x30);
      assertThat(topic(publish)).isEqualTo("v1/commands/json");
      assertThat(new String(tail(publish, 2 + 16), UTF_8))
          .startsWith("{\"id\":\"c1\",\"verb\":\"reboot\"");
    }
  }

  @Test
  void command_of_version_5_has_expiry_type_and_subscription_identifier() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(5, "dev1")) {
      Command issued = command("c1");
      gateway.downlink.issue(DEVICE, issued);
      // user property content-type = application/json, subscription identifier 5, QoS 2
      peer.send(
          "82 34 0001 23 0B05 26 000C 636F6E74656E742D74797065 0010"
              + " 6170706C69636174696F6E2F6A736F6E 000B 76312F636F6D6D616E6473 02");
      assertThat(peer.read().hex()).isEqualTo("9000010002");
      Packet publish = peer.read();
      assertThat(publish.first()).isEqualTo(0x34);
      Map<Integer, String> properties = properties(publish, 2 + 11 + 2);
      long left = (issued.expiresAt() - System.currentTimeMillis()) / 1_000;
      assertThat(Long.parseLong(properties.get(2), 16)).isBetween(left, 90L);
      assertThat(properties)
          .containsEntry(3, "application/json")
          .containsEntry(8, "v1/replies")
          .containsEntry(9, "c1")
          .containsEntry(11, "5")
          .containsEntry(38, "verb=reboot");
      assertThat(new String(publish.body(), UTF_8))
          .contains("application/json")
          .endsWith("\"preconditions\":[\"parked\"]}");
    }
  }

  /** The properties that begin with their length at an offset of a body. */
  private static Map<Integer, String> properties(Packet packet, int at) {
    ByteBuffer in = ByteBuffer.wrap(packet.body(), at, packet.body().length - at);
    int end = in.get() + in.position();
    Map<Integer, String> found = new HashMap<>();
    while (in.position() < end) {
      int id = in.get();
      switch (id) {
        case 2 -> found.put(id, Integer.toHexString(in.getInt()));
        case 11 -> found.put(id, Integer.toString(in.get()));
        case 38 -> found.put(id, text(in) + "=" + text(in));
        default -> found.put(id, text(in));
      }
    }
    return found;
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    return new String(bytes, UTF_8);
  }

  @Test
  void qos_2_command_goes_through_its_four_steps() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(4, "dev1")) {
      gateway.downlink.issue(DEVICE, command("c1"));
      peer.send(ScriptedPeer.subscribe(4, 1, "v1/commands", 2));
      peer.read();
      assertThat(peer.read().first()).isEqualTo(0x34);
      peer.send("50 02 0001");
      assertThat(peer.read().hex()).isEqualTo("620001");
      peer.send("70 02 0001");
      assertThat(peer.alive()).isTrue();
    }
  }

  @Test
  void unacknowledged_command_comes_again_with_its_packet_id_after_a_reconnection()
      throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      gateway.downlink.issue(DEVICE, command("c1"));
      Packet before;
      try (ScriptedPeer peer = gateway.peer()) {
        peer.send(ScriptedPeer.connectPacket(4, "dev1", 0, 60, "", ""));
        assertThat(peer.read().hex()).isEqualTo("200000");
        peer.send(ScriptedPeer.subscribe(4, 1, "v1/commands", 1));
        peer.read();
        before = peer.read();
      }
      assertThat(gateway.downlink.stopped.poll(60, TimeUnit.SECONDS)).isEqualTo(DEVICE);
      try (ScriptedPeer peer = gateway.peer()) {
        peer.send(ScriptedPeer.connectPacket(4, "dev1", 0, 60, "", ""));
        assertThat(peer.read().hex()).isEqualTo("200100");
        Packet again = peer.read();
        assertThat(again.first()).isEqualTo(0x3A);
        assertThat(again.body()).isEqualTo(before.body());
        peer.send("40 02 0001");
        gateway.downlink.listened.poll(60, TimeUnit.SECONDS);
        assertThat(peer.alive()).isTrue();
      }
    }
  }

  @Test
  void no_more_commands_are_under_way_than_the_client_takes() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer()) {
      // CONNECT of version 5 with Receive Maximum 1
      peer.send("10 14 0004 4D515454 05 02 003C 03 210001 0004 64657631");
      assertThat(peer.read().type()).isEqualTo(2);
      peer.send(ScriptedPeer.subscribe(5, 1, "v1/commands", 1));
      peer.read();
      gateway.downlink.listened.poll(60, TimeUnit.SECONDS);
      for (int i = 1; i <= 3; i++) {
        gateway.downlink.issue(DEVICE, command("c" + i));
      }
      for (int i = 1; i <= 3; i++) {
        Packet publish = peer.read();
        assertThat(new String(publish.body(), UTF_8)).contains("c" + i);
        peer.send("C000");
        assertThat(peer.read().hex()).isEqualTo("D0");
        peer.send(new byte[] {0x40, 2, publish.body()[13], publish.body()[14]});
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"#", "+/+", "v1/#", "v1/+", "v1/d/other/commands", "v1/telemetry", "$SYS/#"})
  void nothing_but_the_own_commands_can_be_subscribed(String filter) throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer old = gateway.peer().greeted(4, "spy4");
        ScriptedPeer five = gateway.peer().greeted(5, "spy5");
        ScriptedPeer other = gateway.peer().greeted(4, "dev1")) {
      old.send(ScriptedPeer.subscribe(4, 1, filter, 1));
      assertThat(old.read().hex()).isEqualTo("90000180");
      five.send(ScriptedPeer.subscribe(5, 1, filter, 1));
      assertThat(five.read().hex()).isIn("9000010087", "90000100A2");

      other.send(ScriptedPeer.subscribe(4, 1, "v1/commands", 0));
      other.read();
      gateway.downlink.listened.poll(60, TimeUnit.SECONDS);
      gateway.downlink.issue(DEVICE, command("c1"));
      other.send(ScriptedPeer.publish(4, "v1/telemetry", 1, 1, new byte[] {1}));
      other.read();
      other.read();
      for (ScriptedPeer spy : List.of(old, five)) {
        spy.send("C000");
        assertThat(spy.read().hex()).isEqualTo("D0");
      }
    }
  }

  @Test
  void unsubscription_ends_the_listening() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(5, "dev1")) {
      peer.send(ScriptedPeer.subscribe(5, 1, "v1/commands", 1));
      peer.read();
      assertThat(gateway.downlink.listened.poll(60, TimeUnit.SECONDS)).isEqualTo(DEVICE);
      peer.send("A2 10 0002 00 000B 76312F636F6D6D616E6473");
      assertThat(peer.read().hex()).isEqualTo("B000020000");
      assertThat(gateway.downlink.stopped.poll(60, TimeUnit.SECONDS)).isEqualTo(DEVICE);
      assertThat(gateway.downlink.issue(DEVICE, command("c1"))).isFalse();
    }
  }

  private static String topic(Packet publish) {
    int length = publish.body()[1];
    return new String(publish.body(), 2, length, UTF_8);
  }

  private static byte[] tail(Packet publish, int from) {
    return Arrays.copyOfRange(publish.body(), from, publish.body().length);
  }
}
