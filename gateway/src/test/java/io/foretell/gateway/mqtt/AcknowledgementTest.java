package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.gateway.HeldLane.Append;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class AcknowledgementTest {
  private static final byte[] PAYLOAD = "{\"engine.coolant\":91.5}".getBytes(UTF_8);

  @Test
  void qos_1_is_acknowledged_when_on_disk_and_not_before() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(4, "dev1")) {
      gateway.uplinks.hold();
      peer.send(ScriptedPeer.publish(4, "v1/telemetry", 1, 7, PAYLOAD));
      Append<Uplink> append = gateway.uplinks.next();
      peer.send("C000");
      assertThat(peer.read().hex()).isEqualTo("D0");
      gateway.uplinks.complete(append);
      assertThat(peer.read().hex()).isEqualTo("400007");

      assertThat(append.key()).isEqualTo(new DeviceId("sandbox", "dev1"));
      assertThat(append.value().kind()).isEqualTo(UplinkKind.TELEMETRY);
      assertThat(append.value().via()).isEqualTo("mqtt");
      assertThat(append.value().payload()).isEqualTo(PAYLOAD);
      assertThat(gateway.door.stats().stored()).isEqualTo(1);
    }
  }

  @Test
  void acknowledgements_leave_in_the_order_of_the_messages_whatever_becomes_durable_first()
      throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(5, "dev1")) {
      gateway.uplinks.hold();
      List<Append<Uplink>> appends = new ArrayList<>();
      for (int id = 1; id <= 50; id++) {
        peer.send(ScriptedPeer.publish(5, "v1/telemetry", 1 + id % 2, id, PAYLOAD));
        appends.add(gateway.uplinks.next());
      }
      Collections.reverse(appends);
      appends.forEach(gateway.uplinks::complete);
      for (int id = 1; id <= 50; id++) {
        String type = id % 2 == 0 ? "40" : "50";
        assertThat(peer.read().hex()).isEqualTo(type + String.format("%04X", id));
      }
    }
  }

  @Test
  void qos_2_repeated_before_its_release_is_stored_once() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(4, "dev1")) {
      peer.send(ScriptedPeer.publish(4, "v1/faults", 2, 9, PAYLOAD));
      assertThat(peer.read().hex()).isEqualTo("500009");
      byte[] again = ScriptedPeer.publish(4, "v1/faults", 2, 9, PAYLOAD);
      again[0] |= 8;
      peer.send(again);
      assertThat(peer.read().hex()).isEqualTo("500009");
      peer.send("62 02 0009");
      assertThat(peer.read().hex()).isEqualTo("700009");
      assertThat(gateway.uplinks.end(0)).isEqualTo(1);
      peer.send(again);
      assertThat(peer.read().hex()).isEqualTo("500009");
      assertThat(gateway.uplinks.end(0)).isEqualTo(2);
    }
  }

  @Test
  void message_that_cannot_be_stored_ends_the_connection_without_an_acknowledgement()
      throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer old = gateway.peer().greeted(4, "old");
        ScriptedPeer five = gateway.peer().greeted(5, "five")) {
      gateway.uplinks.breakDown();
      old.send(ScriptedPeer.publish(4, "v1/telemetry", 1, 1, PAYLOAD));
      assertThat(old.tryRead()).isEmpty();
      five.send(ScriptedPeer.publish(5, "v1/telemetry", 2, 1, PAYLOAD));
      assertThat(five.read().hex()).startsWith("E080");
      assertThat(five.tryRead()).isEmpty();
      assertThat(gateway.door.stats().unavailable()).isEqualTo(2);
      assertThat(gateway.listener.stats().unstored()).isEqualTo(2);
    }
  }

  @Test
  void rejected_message_is_acknowledged_with_its_reason_where_the_protocol_has_one()
      throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer old = gateway.peer().greeted(4, "old");
        ScriptedPeer five = gateway.peer().greeted(5, "five")) {
      gateway.rejects.hold();
      old.send(ScriptedPeer.publish(4, "no/such/topic", 1, 1, PAYLOAD));
      Append<Reject> append = gateway.rejects.next();
      old.send("C000");
      assertThat(old.read().hex()).isEqualTo("D0");
      gateway.rejects.complete(append);
      assertThat(old.read().hex()).isEqualTo("400001");
      assertThat(append.value().reason()).isEqualTo(ReasonCode.UNKNOWN_TOPIC);
      assertThat(append.value().payload()).isEqualTo(PAYLOAD);

      five.send(ScriptedPeer.publish(5, "v1/d/elsewhere/telemetry", 1, 2, PAYLOAD));
      gateway.rejects.complete(gateway.rejects.next());
      ScriptedPeer.Packet answer = five.read();
      assertThat(answer.hex()).startsWith("40000287");
      assertThat(new String(answer.body(), UTF_8)).contains("NOT_AUTHORISED");
      assertThat(gateway.door.stats().rejected())
          .containsOnly(
              Map.entry(ReasonCode.UNKNOWN_TOPIC, 1L), Map.entry(ReasonCode.NOT_AUTHORISED, 1L));
    }
  }

  @Test
  void gateway_speaks_for_its_children_in_the_order_of_its_messages() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer()) {
      gateway.identities.child("truck", "trailer");
      peer.connect(4, "box", "truck", "secret");
      assertThat(peer.read().hex()).isEqualTo("200000");
      for (int id = 1; id <= 20; id++) {
        peer.send(ScriptedPeer.publish(4, "v1/d/trailer/telemetry", 1, id, new byte[] {(byte) id}));
      }
      for (int id = 1; id <= 20; id++) {
        Append<Uplink> append = gateway.uplinks.next();
        assertThat(append.key()).isEqualTo(DeviceId.parse("trailer"));
        assertThat(append.value().payload()).containsExactly(id);
        assertThat(peer.read().hex()).isEqualTo("40" + String.format("%04X", id));
      }
    }
  }

  @Test
  void topic_alias_stands_for_the_topic_that_set_it() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(5, "dev1")) {
      peer.send("30 13 000C 76312F74656C656D65747279 03 230005 41");
      peer.send("30 07 0000 03 230005 42");
      gateway.uplinks.next();
      assertThat(gateway.uplinks.next().value().payload()).isEqualTo(new byte[] {0x42});
      peer.send("30 07 0000 03 230006 43");
      assertThat(peer.read().hex()).startsWith("E082");
      assertThat(peer.closed()).isTrue();
    }
  }

  @Test
  void client_that_ignores_receive_maximum_is_told_so() throws Exception {
    try (TestGateway gateway = TestGateway.open(few());
        ScriptedPeer peer = gateway.peer().greeted(5, "dev2")) {
      gateway.uplinks.hold();
      ByteArrayOutputStream five = new ByteArrayOutputStream();
      for (int id = 1; id <= 5; id++) {
        five.writeBytes(ScriptedPeer.publish(5, "v1/telemetry", 1, id, PAYLOAD));
      }
      peer.send(five.toByteArray());
      assertThat(peer.read().hex()).startsWith("E093");
      assertThat(peer.closed()).isTrue();
    }
  }

  @Test
  void reading_stops_while_too_much_is_under_way_and_goes_on_after() throws Exception {
    try (TestGateway gateway = TestGateway.open(few());
        ScriptedPeer peer = gateway.peer().greeted(4, "dev1")) {
      gateway.uplinks.hold();
      List<Append<Uplink>> appends = new ArrayList<>();
      for (int id = 1; id <= 4; id++) {
        peer.send(ScriptedPeer.publish(4, "v1/telemetry", 1, id, PAYLOAD));
        appends.add(gateway.uplinks.next());
      }
      assertStopsReading(peer);
      appends.forEach(gateway.uplinks::complete);
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        answers.add(peer.read().hex());
      }
      // reading goes on as soon as there is room, so the ping's answer may come between
      assertThat(answers)
          .containsSubsequence("400001", "400002", "400003", "400004")
          .contains("D0");
    }
  }

  @Test
  void payload_over_the_limit_is_rejected_with_what_it_began_with() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer().greeted(5, "dev1")) {
      byte[] large = new byte[(1 << 20) + 1];
      peer.send(ScriptedPeer.publish(5, "v1/frames", 1, 3, large));
      assertThat(peer.read().hex()).startsWith("40000397");
      Reject reject = gateway.rejects.next().value();
      assertThat(reject.reason()).isEqualTo(ReasonCode.TOO_LARGE);
      assertThat(reject.payload()).hasSize(1 << 16);
      assertThat(reject.detail()).contains("1048577").contains("65536");
    }
  }

  private static UnaryOperator<MqttSettings> few() {
    return s -> s.withLimits(TestGateway.limits(Duration.ofSeconds(5), 4));
  }

  /**
   * A ping is not answered: the server does not read. One that came with the last message may still
   * be; when its answer is here, reading has stopped for certain.
   */
  private static void assertStopsReading(ScriptedPeer peer) throws IOException {
    peer.timeout(300);
    peer.send("C000");
    try {
      assertThat(peer.read().hex()).isEqualTo("D0");
      peer.send("C000");
      assertThatThrownBy(peer::read).isInstanceOf(SocketTimeoutException.class);
    } catch (SocketTimeoutException e) {
      // it stopped before the first ping
    }
    peer.timeout(ScriptedPeer.TIMEOUT_MILLIS);
  }
}
