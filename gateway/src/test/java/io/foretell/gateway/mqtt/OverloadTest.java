package io.foretell.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.gateway.Door.Receipt;
import io.foretell.gateway.DoorLimits;
import io.foretell.gateway.HeldLane.Append;
import io.foretell.gateway.QuotaLimits;
import io.foretell.proto.DeviceId;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** More than fits: reading stops first, then raw frames go, then telemetry, fault codes never. */
final class OverloadTest {
  private static final DeviceId DEVICE = new DeviceId("sandbox", "dev1");
  private static final int KIB = 1024;

  private static DoorLimits waiting(int bytes) {
    return new DoorLimits(1 << 20, 0, bytes, QuotaLimits.NONE);
  }

  private static DoorLimits quota(long deviceMessages) {
    return new DoorLimits(1 << 20, 0, 1 << 27, new QuotaLimits(deviceMessages, 0, 0, 0));
  }

  private static CompletableFuture<Receipt> take(TestGateway gateway, String kind) {
    return gateway
        .door
        .take(DEVICE, "v1/" + kind, "", "http", new byte[10 * KIB])
        .toCompletableFuture();
  }

  @Test
  void shedding_keeps_its_order_and_counts_each_kind() throws Exception {
    try (TestGateway gateway = TestGateway.open(waiting(100 * KIB))) {
      gateway.uplinks.hold();
      List<CompletableFuture<Receipt>> faults = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        assertThat(take(gateway, "frames")).isNotDone();
      }
      assertThat(reason(take(gateway, "frames"))).isEqualTo(ReasonCode.OVERLOADED);
      for (int i = 0; i < 5; i++) {
        assertThat(take(gateway, "telemetry")).isNotDone();
      }
      assertThat(reason(take(gateway, "telemetry"))).isEqualTo(ReasonCode.OVERLOADED);
      assertThat(reason(take(gateway, "frames"))).isEqualTo(ReasonCode.OVERLOADED);
      for (int i = 0; i < 50; i++) {
        faults.add(take(gateway, "faults"));
      }
      assertThat(faults).allMatch(fault -> !fault.isDone());
      assertThat(gateway.door.stats().shed())
          .isEqualTo(Map.of(UplinkKind.FRAMES, 2L, UplinkKind.TELEMETRY, 1L));
      while (gateway.uplinks.untaken() > 0) {
        gateway.uplinks.complete(gateway.uplinks.next());
      }
      assertThat(faults).allMatch(fault -> fault.join() instanceof Receipt.Stored);
      assertThat(gateway.door.stats().missing()).isZero();
      assertThat(gateway.door.stats().inFlight()).isZero();
      assertThat(take(gateway, "frames")).isNotDone();
    }
  }

  @Test
  void reading_stops_before_anything_is_shed_and_goes_on_when_there_is_room() throws Exception {
    try (TestGateway gateway = TestGateway.open(waiting(100 * KIB));
        ScriptedPeer one = gateway.peer().greeted(4, "dev1");
        ScriptedPeer other = gateway.peer().greeted(4, "dev2")) {
      gateway.uplinks.hold();
      List<Append<Uplink>> appends = new ArrayList<>();
      for (int id = 1; id <= 10; id++) {
        one.send(ScriptedPeer.publish(4, "v1/frames", 1, id, new byte[10 * KIB]));
        appends.add(gateway.uplinks.next());
      }
      other.send("C000"); // whatever it sends next is the last that is read
      assertThat(other.read().hex()).isEqualTo("D0");
      other.timeout(300).send("C000");
      assertThatThrownBy(other::read).isInstanceOf(SocketTimeoutException.class);
      appends.forEach(gateway.uplinks::complete);
      other.timeout(ScriptedPeer.TIMEOUT_MILLIS);
      assertThat(other.read().hex()).isEqualTo("D0");
      assertThat(one.alive()).isTrue();
      assertThat(gateway.door.stats().shed()).isEmpty();
    }
  }

  @Test
  void client_over_its_quota_is_read_more_slowly_and_loses_nothing() throws Exception {
    try (TestGateway gateway = TestGateway.open(quota(100));
        ScriptedPeer fast = gateway.peer().greeted(4, "fast");
        ScriptedPeer calm = gateway.peer().greeted(4, "calm")) {
      long begun = System.nanoTime();
      for (int id = 1; id <= 300; id++) {
        fast.send(ScriptedPeer.publish(4, "v1/telemetry", 1, id, new byte[1]));
        assertThat(fast.read().hex()).isEqualTo(String.format("40%04X", id));
      }
      assertThat(System.nanoTime() - begun).as("ns for 300 at 100/s").isGreaterThan(900_000_000L);
      calm.send(ScriptedPeer.publish(4, "v1/telemetry", 1, 1, new byte[1]));
      assertThat(calm.read().hex()).isEqualTo("400001");
      assertThat(gateway.door.stats().refused()).isZero();
    }
  }

  @Test
  void client_that_sends_everything_at_once_is_told_what_was_not_taken() throws Exception {
    try (TestGateway gateway = TestGateway.open(quota(10));
        ScriptedPeer five = gateway.peer().greeted(5, "five");
        ScriptedPeer old = gateway.peer().greeted(4, "old")) {
      long begun = System.nanoTime();
      five.send(burst(5, 100));
      int refused = 0;
      for (int id = 1; id <= 100; id++) {
        String answer = five.read().hex();
        assertThat(answer).startsWith(String.format("40%04X", id));
        refused += answer.length() > 6 ? 1 : 0;
        assertThat(answer.length() == 6 || answer.startsWith("97", 6)).isTrue();
      }
      // What is read later, on a machine that is busy, is within the quota of more time.
      long tenths = (System.nanoTime() - begun) / 100_000_000;
      assertThat((long) refused).isBetween(Math.max(0, 28 - tenths), 30L);
      assertThat(gateway.door.stats().refused()).isEqualTo(refused);
      assertThat(gateway.uplinks.end(0)).isEqualTo(100 - refused);

      old.send(burst(4, 2_000));
      assertThat(old.closed()).as("3.1.1 cannot say no: it sends again later").isTrue();
      assertThat(gateway.door.stats().missing()).isZero();
    }
  }

  private static byte[] burst(int version, int count) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int id = 1; id <= count; id++) {
      all.write(ScriptedPeer.publish(version, "v1/telemetry", 1, id, new byte[1]));
    }
    return all.toByteArray();
  }

  private static ReasonCode reason(CompletableFuture<Receipt> receipt) {
    return ((Receipt.Unavailable) receipt.join()).reason();
  }
}
