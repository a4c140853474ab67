package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.gateway.ListenerException;
import io.foretell.gateway.Presence;
import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.vertx.core.Vertx;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SessionTest {
  /** CONNECT of version 5: session expiry 60 s, will delay 5 s, will "w" on v1/faults. */
  private static final String WITH_DELAYED_WILL =
      "10 2A 0004 4D515454 05 04 003C 05 110000003C 0004 64657631"
          + " 05 1800000005 0009 76312F6661756C7473 0001 77";

  @ParameterizedTest
  @CsvSource({
    "3, truck, wrong, 200004",
    "4, truck, wrong, 200004",
    "5, truck, wrong, 20008600",
    "4, '', '', 200005",
    "5, '', '', 20008700",
    "4, nobody, x, 200004",
  })
  void wrong_credentials_are_refused_in_the_words_of_each_version(
      int version, String user, String password, String answer) throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      gateway.identities.closeSandbox();
      try (ScriptedPeer peer = gateway.peer()) {
        peer.connect(version, "c", user, password);
        assertThat(peer.read().hex()).isEqualTo(answer);
        assertThat(peer.closed()).isTrue();
      }
      assertThat(gateway.listener.stats().refused()).isEqualTo(1);
    }
  }

  @Test
  void wrong_password_of_a_known_device_does_not_open_the_sandbox() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer()) {
      peer.connect(5, "c", "truck", "wrong");
      assertThat(peer.read().hex()).startsWith("200086");
      assertThat(peer.closed()).isTrue();
    }
  }

  @Test
  void same_device_and_client_id_take_over_and_the_device_stays_online() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer first = gateway.peer().greeted(5, "dev1")) {
      assertThat(gateway.presenceChange().online()).isTrue();
      try (ScriptedPeer second = gateway.peer().greeted(4, "dev1")) {
        assertThat(first.read().hex()).startsWith("E08E");
        assertThat(first.closed()).isTrue();
        assertThat(second.alive()).isTrue();
        second.send("E000");
        assertThat(second.closed()).isTrue();
      }
      Presence.Status gone = gateway.presenceChange();
      assertThat(gone.online()).isFalse();
      assertThat(gone.reason()).isEqualTo("disconnected");
    }
  }

  @Test
  void many_takeovers_at_once_leave_exactly_one_connection() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      ScriptedPeer[] peers = new ScriptedPeer[20];
      for (int i = 0; i < peers.length; i++) {
        peers[i] = gateway.peer();
        peers[i].connect(5, "dev1", "", "");
      }
      Await.until(
          "all but one are taken over",
          () -> gateway.listener.stats().takenOver() == peers.length - 1);
      int alive = 0;
      for (ScriptedPeer peer : peers) {
        alive += answers(peer) ? 1 : 0;
        peer.close();
      }
      assertThat(alive).isEqualTo(1);
    }
  }

  private static boolean answers(ScriptedPeer peer) throws IOException {
    try {
      return peer.alive();
    } catch (SocketException | EOFException closed) {
      return false;
    }
  }

  @Test
  void another_device_with_the_same_client_id_takes_nothing_over() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer first = gateway.peer();
        ScriptedPeer second = gateway.peer()) {
      gateway.identities.device("other", "pw");
      first.connect(4, "shared", "truck", "secret");
      assertThat(first.read().hex()).isEqualTo("200000");
      second.connect(4, "shared", "other", "pw");
      assertThat(second.read().hex()).isEqualTo("200002");
      assertThat(second.closed()).isTrue();
      assertThat(first.alive()).isTrue();
    }
  }

  @Test
  void client_id_that_is_a_devices_name_is_its_own_whoever_came_first() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer squatter = gateway.peer();
        ScriptedPeer owner = gateway.peer();
        ScriptedPeer late = gateway.peer()) {
      gateway.identities.device("other", "pw");
      squatter.connect(5, "truck", "other", "pw");
      assertThat(squatter.read().hex()).startsWith("20");
      owner.connect(5, "truck", "truck", "secret");
      assertThat(owner.read().body()[1]).isZero();
      assertThat(squatter.read().hex()).startsWith("E085");
      assertThat(squatter.closed()).isTrue();
      late.connect(5, "truck", "other", "pw");
      assertThat(late.read().hex()).isEqualTo("20008500");
      assertThat(owner.alive()).isTrue();
    }
  }

  @Test
  void session_is_present_after_a_reconnection_unless_a_clean_start_is_asked_for()
      throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      assertThat(reconnect(gateway, 0)).isEqualTo("200000");
      assertThat(reconnect(gateway, 0)).isEqualTo("200100");
      assertThat(reconnect(gateway, 2)).isEqualTo("200000");
      assertThat(reconnect(gateway, 0)).isEqualTo("200000");
    }
  }

  private static String reconnect(TestGateway gateway, int flags) throws IOException {
    try (ScriptedPeer peer = gateway.peer()) {
      peer.send(ScriptedPeer.connectPacket(4, "dev1", flags, 60, "", ""));
      String answer = peer.read().hex();
      peer.send("E000");
      assertThat(peer.closed()).isTrue();
      return answer;
    }
  }

  @Test
  void silent_client_is_closed_after_one_and_a_half_times_its_keep_alive() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer()) {
      long start = System.nanoTime();
      peer.send(ScriptedPeer.connectPacket(5, "dev1", 2, 1, "", ""));
      assertThat(peer.read().type()).isEqualTo(2);
      assertThat(peer.read().hex()).startsWith("E08D");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThan(Duration.ofMillis(1450));
      assertThat(gateway.presenceChange().online()).isTrue();
      assertThat(gateway.presenceChange().reason()).isEqualTo("keep-alive timeout");
    }
  }

  @Test
  void client_of_version_5_without_keep_alive_is_given_one() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer()) {
      peer.send(ScriptedPeer.connectPacket(5, "", 2, 0, "", ""));
      String answer = peer.read().hex();
      assertThat(answer).startsWith("200000").contains("1304B0"); // 1200 s
      assertThat(answer).contains("120029" + hex("auto-"));
    }
  }

  /** The standard leaves such a client none, so the link's own keep-alive must tell a dead one. */
  @Test
  void client_of_version_3_1_1_without_keep_alive_has_that_of_tcp() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer()) {
      peer.send(ScriptedPeer.connectPacket(4, "dev1", 2, 0, "", ""));
      assertThat(peer.read().hex()).isEqualTo("200000");
      assertThat(peer.alive()).isTrue();
      Duration untilProbed = null;
      long limit = System.nanoTime() + 60_000_000_000L;
      while (untilProbed == null && System.nanoTime() < limit) {
        untilProbed = keepAlive(gateway.listener.port(), peer.port());
      }
      assertThat(untilProbed).isNotNull().isLessThanOrEqualTo(Duration.ofSeconds(60));
    }
  }

  /** When the link of the client with this port will be probed; null while it is busy. */
  private static @Nullable Duration keepAlive(int server, int client) throws IOException {
    String local = String.format(":%04X", server);
    String remote = String.format(":%04X", client);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        // proc(5): sl, local, remote, state, queues, timer (02 is keep-alive):hundredths left
        String[] fields = line.trim().split("\\s+");
        if (fields[1].endsWith(local)
            && fields[2].endsWith(remote)
            && fields[5].startsWith("02:")) {
          return Duration.ofMillis(10 * Long.parseLong(fields[5].substring(3), 16));
        }
      }
    }
    return null;
  }

  @Test
  void connection_without_connect_is_closed_in_time() throws Exception {
    try (TestGateway gateway =
            TestGateway.open(s -> s.withLimits(TestGateway.limits(Duration.ofMillis(200), 8)));
        ScriptedPeer silent = gateway.peer();
        ScriptedPeer halfway = gateway.peer()) {
      halfway.send("10 20 0004 4D51");
      assertThat(silent.closed()).isTrue();
      assertThat(halfway.closed()).isTrue();
    }
  }

  @Test
  void first_packet_that_is_too_large_closes_before_it_is_read() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer peer = gateway.peer()) {
      peer.send("10 80 80 40 0004 4D515454");
      assertThat(peer.closed()).isTrue();
    }
  }

  @Test
  void ten_megabytes_are_refused_with_packet_too_large_and_others_live_on() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer large = gateway.peer().greeted(5, "large");
        ScriptedPeer other = gateway.peer().greeted(5, "other")) {
      try {
        large.send(ScriptedPeer.publish(5, "v1/telemetry", 1, 1, new byte[10 << 20]));
      } catch (SocketException e) {
        // it may be closed before all is sent; the answer must still be readable
      }
      assertThat(large.read().hex()).startsWith("E095");
      assertThat(large.closed()).isTrue();
      assertThat(other.alive()).isTrue();
      assertThat(gateway.uplinks.end(0)).isZero();
    }
  }

  @Test
  void will_becomes_the_reason_of_absence_and_is_taken_where_it_goes_to_a_route() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      try (ScriptedPeer peer = gateway.peer()) {
        byte[] connect = ScriptedPeer.connectPacket(4, "dev1", 2 | 4, 60, "", "");
        byte[] will = {0, 9, 'v', '1', '/', 'f', 'a', 'u', 'l', 't', 's', 0, 4, 'b', 'a', 't', 't'};
        byte[] all = Arrays.copyOf(connect, connect.length + will.length);
        System.arraycopy(will, 0, all, connect.length, will.length);
        all[1] += (byte) will.length;
        peer.send(all);
        assertThat(peer.read().hex()).isEqualTo("200000");
        assertThat(gateway.presenceChange().online()).isTrue();
      }
      Presence.Status gone = gateway.presenceChange();
      assertThat(gone.device()).isEqualTo(new DeviceId("sandbox", "dev1"));
      assertThat(gone.reason()).isEqualTo("connection lost; will: batt");
      assertThat(gateway.uplinks.next().value().payload()).isEqualTo("batt".getBytes(UTF_8));
      assertThat(gateway.presence.of(gone.device()).orElseThrow().online()).isFalse();
      gateway.changes.next();
      assertThat(new String(gateway.changes.next().value().payload(), UTF_8))
          .isEqualTo(
              "{\"online\":false,\"via\":\"mqtt\",\"reason\":\"connection lost; will: batt\"}");
    }
  }

  @Test
  void delayed_will_is_said_where_the_client_stays_away() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      try (ScriptedPeer peer = gateway.peer().send(WITH_DELAYED_WILL)) {
        assertThat(peer.read().type()).isEqualTo(2);
      }
      gateway.presenceChange();
      assertThat(gateway.presenceChange().reason()).isEqualTo("connection lost; will: w");
      assertThat(gateway.uplinks.next().value().payload()).isEqualTo("w".getBytes(UTF_8));
    }
  }

  @Test
  void delayed_will_is_not_said_where_the_client_is_back_in_time() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      try (ScriptedPeer peer = gateway.peer().send(WITH_DELAYED_WILL)) {
        assertThat(peer.read().type()).isEqualTo(2);
      }
      try (ScriptedPeer peer = gateway.peer().send(WITH_DELAYED_WILL)) {
        assertThat(peer.read().type()).isEqualTo(2);
        peer.timeout(6_000);
        assertThatThrownBy(peer::read).isInstanceOf(SocketTimeoutException.class);
        assertThat(gateway.uplinks.untaken()).isZero();
      }
    }
  }

  @Test
  void revoked_device_is_cut_off_and_others_are_not() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer revoked = gateway.peer().greeted(5, "dev1");
        ScriptedPeer other = gateway.peer().greeted(5, "dev2")) {
      gateway.listener.disconnect(new DeviceId("sandbox", "dev1"));
      assertThat(revoked.read().hex()).startsWith("E098");
      assertThat(revoked.closed()).isTrue();
      assertThat(other.alive()).isTrue();
    }
  }

  @Test
  void stopping_server_says_goodbye() throws Exception {
    TestGateway gateway = TestGateway.open();
    try (ScriptedPeer five = gateway.peer().greeted(5, "five");
        ScriptedPeer old = gateway.peer().greeted(4, "old")) {
      gateway.close();
      assertThat(five.read().hex()).startsWith("E08B");
      assertThat(five.closed()).isTrue();
      assertThat(old.tryRead()).isEmpty();
    }
  }

  @Test
  void port_in_use_is_told_in_one_sentence() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      Vertx vertx = Vertx.vertx();
      int taken = gateway.listener.port();
      MqttListener second =
          new MqttListener(
              vertx,
              MqttSettings.plain("127.0.0.1", taken),
              gateway.door,
              gateway.identities,
              gateway.downlink,
              gateway.presence,
              InstantSource.system(),
              KeptSessions.none());
      assertThatThrownBy(second::start)
          .isInstanceOf(ListenerException.class)
          .hasMessage("cannot listen for MQTT on 127.0.0.1:" + taken + ": Address already in use");
      assertThat(second.health().ready()).isFalse();
      second.close();
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void connections_over_the_limit_are_closed_at_once() throws Exception {
    MqttLimits usual = MqttLimits.defaults();
    MqttLimits two =
        new MqttLimits(
            usual.maxPacket(),
            usual.maxFirstPacket(),
            usual.connectTimeout(),
            usual.maxInFlight(),
            usual.maxInFlightBytes(),
            usual.topicAliasMaximum(),
            usual.maxKeepAlive(),
            usual.maxSessionExpiry(),
            2,
            usual.maxStoredSessions());
    try (TestGateway gateway = TestGateway.open(s -> s.withLimits(two));
        ScriptedPeer first = gateway.peer().greeted(4, "a");
        ScriptedPeer second = gateway.peer().greeted(4, "b");
        Socket third = new Socket("127.0.0.1", gateway.listener.port())) {
      third.setSoTimeout(ScriptedPeer.TIMEOUT_MILLIS);
      assertThat(third.getInputStream().read()).isEqualTo(-1);
      assertThat(first.alive()).isTrue();
      assertThat(second.alive()).isTrue();
      assertThat(gateway.listener.stats().overLimit()).isEqualTo(1);
    }
  }

  private static String hex(String text) {
    return HexFormat.of().withUpperCase().formatHex(text.getBytes(UTF_8));
  }
}
