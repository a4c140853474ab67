package io.foretell.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile client may try; it costs its own connection and nobody else's. */
final class ThreatsTest {
  private static final byte[] PAYLOAD = "{\"x\":1}".getBytes(UTF_8);
  private static final int HALF_OPEN = 1_000;
  private static final int MOST_EACH = 64 << 10;

  @Test
  void sixty_thousand_user_properties_cost_their_sender_its_connection() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer hostile = gateway.peer().greeted(5, "hostile");
        ScriptedPeer other = gateway.peer().greeted(5, "other");
        ScriptedPeer greeting = gateway.peer()) {
      attempt(hostile, publishWithProperties(60_000));
      assertThat(hostile.read().hex()).startsWith("E097");
      assertThat(hostile.closed()).isTrue();
      attempt(greeting, ScriptedPeer.packet(0x10, new byte[420_000]));
      assertThat(greeting.closed()).isTrue();
      other.send(publishWithProperties(100));
      assertThat(other.read().hex()).isEqualTo("400001");
      assertThat(gateway.uplinks.end(0)).isEqualTo(1);
    }
  }

  private static byte[] publishWithProperties(int count) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(new byte[] {0, 9});
    body.write("v1/faults".getBytes(UTF_8));
    body.write(new byte[] {0, 1});
    int length = count * 7;
    body.write(length & 0x7F | 0x80);
    body.write(length >> 7 & 0x7F | 0x80);
    body.write(length >> 14);
    for (int i = 0; i < count; i++) {
      body.write(new byte[] {0x26, 0, 1, 'a', 0, 1, 'b'});
    }
    if (count == 100) { // whose length takes two bytes
      byte[] all = body.toByteArray();
      body.reset();
      body.write(all, 0, 14);
      all[14] &= 0x7F;
      body.write(all, 14, 1);
      body.write(all, 16, all.length - 16);
    }
    body.write(PAYLOAD);
    return ScriptedPeer.packet(0x32, body.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void qos_2_without_its_release_is_bounded(int version) throws Exception {
    try (TestGateway gateway =
            TestGateway.open(s -> s.withLimits(TestGateway.limits(Duration.ofSeconds(5), 8)));
        ScriptedPeer peer = gateway.peer().greeted(version, "dev1")) {
      for (int id = 1; id <= 8; id++) {
        peer.send(ScriptedPeer.publish(version, "v1/telemetry", 2, id, PAYLOAD));
        assertThat(peer.read().hex()).isEqualTo(String.format("50%04X", id));
      }
      peer.send("62 02 0003");
      assertThat(peer.read().hex()).isEqualTo("700003");
      peer.send(ScriptedPeer.publish(version, "v1/telemetry", 2, 9, PAYLOAD));
      assertThat(peer.read().hex()).isEqualTo("500009");
      peer.send(ScriptedPeer.publish(version, "v1/telemetry", 2, 10, PAYLOAD));
      if (version == 5) {
        assertThat(peer.read().hex()).startsWith("E093");
      }
      assertThat(peer.closed()).isTrue();
      assertThat(gateway.uplinks.end(0)).isEqualTo(9);
    }
  }

  @Test
  void half_open_sockets_are_cheap_and_soon_gone() throws Exception {
    try (TestGateway gateway =
            TestGateway.open(s -> s.withLimits(TestGateway.limits(Duration.ofSeconds(4), 8)));
        ScriptedPeer honest = gateway.peer().greeted(5, "honest")) {
      byte[] half = new byte[12_000];
      byte[] begin = ScriptedPeer.connectPacket(5, "x".repeat(15_000), 2, 60, "", "");
      System.arraycopy(begin, 0, half, 0, half.length);
      List<ScriptedPeer> peers = new ArrayList<>();
      long before = memory();
      long begun = System.nanoTime();
      try {
        for (int i = 0; i < HALF_OPEN; i++) {
          peers.add(gateway.peer().send(half));
        }
        assertThat(honest.alive()).isTrue();
        assertThat((memory() - before) / HALF_OPEN).as("bytes each").isLessThan(MOST_EACH);
        for (ScriptedPeer peer : peers) {
          assertThat(peer.closed()).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
        assertThat(honest.alive()).isTrue();
      } finally {
        for (ScriptedPeer peer : peers) {
          peer.close();
        }
      }
    }
  }

  @Test
  void first_packet_of_a_huge_length_is_closed_at_once() throws Exception {
    try (TestGateway gateway = TestGateway.open()) {
      for (int i = 0; i < 100; i++) {
        try (ScriptedPeer peer = gateway.peer().send("10 FF FF FF 7F 0004")) {
          assertThat(peer.closed()).isTrue();
        }
      }
      assertThat(gateway.listener.stats().violations()).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "+", "v1/#", "a/+/b"})
  void client_ids_like_wildcards_get_nothing(String clientId) throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer guest = gateway.peer();
        ScriptedPeer known = gateway.peer()) {
      guest.connect(4, clientId, "", "");
      assertThat(guest.read().hex()).isEqualTo("200002");
      known.connect(4, clientId, "truck", "secret");
      assertThat(known.read().hex()).isEqualTo("200000");
      known.send(ScriptedPeer.subscribe(4, 1, clientId, 1));
      assertThat(known.read().hex()).isEqualTo("90000180");
      known.send(ScriptedPeer.subscribe(4, 2, "#", 1));
      assertThat(known.read().hex()).isEqualTo("90000280");
      assertThat(gateway.downlink.listened).isEmpty();
    }
  }

  @Test
  void retained_message_is_taken_and_given_to_nobody() throws Exception {
    try (TestGateway gateway = TestGateway.open();
        ScriptedPeer one = gateway.peer().greeted(5, "one");
        ScriptedPeer other = gateway.peer().greeted(5, "other")) {
      byte[] retained = ScriptedPeer.publish(5, "v1/commands", 1, 1, PAYLOAD);
      retained[0] |= 1;
      one.send(retained);
      assertThat(one.read().hex()).startsWith("40000190");
      other.send(ScriptedPeer.subscribe(5, 1, "v1/commands", 1));
      assertThat(other.read().hex()).isEqualTo("9000010001");
      assertThat(gateway.downlink.listened.poll(60, TimeUnit.SECONDS)).isNotNull();
      other.send("C000");
      assertThat(other.read().hex()).as("nothing else comes").isEqualTo("D0");
    }
  }

  private static void attempt(ScriptedPeer peer, byte[] bytes) throws IOException {
    try {
      peer.send(bytes);
    } catch (SocketException e) {
      // it may be closed before all is sent
    }
  }

  private static long memory() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return heap + direct + Math.max(0, PlatformDependent.usedDirectMemory());
  }
}
