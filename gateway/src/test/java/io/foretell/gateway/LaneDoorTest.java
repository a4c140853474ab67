package io.foretell.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Door.Receipt;
import io.foretell.proto.DeviceId;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.ReasonCode;
import io.foretell.proto.Reject;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LaneDoorTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck@acme");
  private static final byte[] PAYLOAD = "p".getBytes(UTF_8);
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(5_000));

  private final HeldLane<Uplink> uplinks = new HeldLane<>("uplink");
  private final HeldLane<Uplink> changes = new HeldLane<>("presence");
  private final HeldLane<Reject> rejects = new HeldLane<>("rejects");
  private final FakeIdentities identities = new FakeIdentities();
  private final LivePresence presence = new LivePresence(changes, Duration.ofMinutes(1), CLOCK);
  private final LaneDoor door =
      new LaneDoor(uplinks, rejects, identities, presence, new DoorLimits(100, 10), CLOCK);

  private Receipt take(String path, byte[] payload) {
    return door.take(TRUCK, path, "application/json", "http", payload).toCompletableFuture().join();
  }

  @ParameterizedTest
  @CsvSource({
    "v1/telemetry, TELEMETRY",
    "/v1/telemetry, TELEMETRY",
    "v1/faults, FAULTS",
    "v1/frames, FRAMES",
    "v1/replies, REPLIES",
    "/v1/updates, UPDATES"
  })
  void known_routes_are_stored_as_their_kind(String path, UplinkKind kind) {
    assertThat(take(path, PAYLOAD)).isInstanceOf(Receipt.Stored.class);
    Uplink uplink = uplinks.read(0, 0, 1).get(0).value();
    assertThat(uplink.kind()).isEqualTo(kind);
    assertThat(uplink.receivedAt()).isEqualTo(5_000);
    assertThat(uplink.contentType()).isEqualTo("application/json");
    assertThat(uplink.via()).isEqualTo("http");
    assertThat(uplink.payload()).isSameAs(PAYLOAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "v1", "v1/", "v2/telemetry", "v1/commands", "v1/telemetry/", "v1/d//faults"})
  void other_routes_are_rejected(String path) {
    assertThat(take(path, PAYLOAD))
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            r -> assertThat(r.reason()).isEqualTo(ReasonCode.UNKNOWN_TOPIC));
    Reject reject = rejects.read(0, 0, 1).get(0).value();
    assertThat(reject.route()).isEqualTo(path);
    assertThat(reject.payload()).isEqualTo(PAYLOAD);
    assertThat(reject.from()).isEmpty();
  }

  @Test
  void gateway_speaks_only_for_its_own_children_of_its_own_tenant() {
    identities.child("truck@acme", "trailer@acme");
    assertThat(take("v1/d/trailer/faults", PAYLOAD)).isInstanceOf(Receipt.Stored.class);
    assertThat(uplinks.read(0, 0, 1).get(0).key()).isEqualTo(DeviceId.parse("trailer@acme"));
    assertThat(take("v1/d/stranger/faults", PAYLOAD))
        .extracting("reason")
        .isEqualTo(ReasonCode.NOT_AUTHORISED);
    assertThat(take("v1/d/trailer@other/faults", PAYLOAD))
        .extracting("reason")
        .isEqualTo(ReasonCode.INVALID_NAME);
    assertThat(uplinks.end(0)).isEqualTo(1);
  }

  @Test
  void payload_over_the_limit_is_rejected_with_its_beginning() {
    assertThat(take("v1/telemetry", new byte[101]))
        .extracting("reason")
        .isEqualTo(ReasonCode.TOO_LARGE);
    Reject reject = rejects.read(0, 0, 1).get(0).value();
    assertThat(reject.payload()).hasSize(10);
    assertThat(reject.detail()).isEqualTo("101 bytes, the limit is 100; the first 10 are kept");
    assertThat(take("v1/telemetry", new byte[100])).isInstanceOf(Receipt.Stored.class);
  }

  @Test
  void empty_payload_is_left_to_the_stage_that_decodes() {
    assertThat(take("v1/telemetry", new byte[0])).isInstanceOf(Receipt.Stored.class);
  }

  @Test
  void lane_that_fails_now_or_later_makes_the_message_unavailable() throws Exception {
    uplinks.hold();
    CompletableFuture<Receipt> receipt =
        door.take(TRUCK, "v1/faults", "", "mqtt", PAYLOAD).toCompletableFuture();
    assertThat(receipt).isNotDone();
    assertThat(door.stats().inFlight()).isEqualTo(1);
    uplinks.next().onDisk().completeExceptionally(new LaneUnavailableException("disk gone"));
    assertThat(receipt.join())
        .isEqualTo(new Receipt.Unavailable(ReasonCode.STORAGE_UNAVAILABLE, "disk gone"));
    rejects.breakDown();
    assertThat(take("no/route", PAYLOAD)).isInstanceOf(Receipt.Unavailable.class);
    assertThat(door.stats().unavailable()).isEqualTo(2);
    assertThat(door.stats().missing()).isZero();
  }

  @Property(tries = 200)
  void every_message_is_accounted_for(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 4) Integer> kinds) {
    HeldLane<Uplink> lane = new HeldLane<>("uplink");
    HeldLane<Reject> refused = new HeldLane<>("rejects");
    LaneDoor counted =
        new LaneDoor(lane, refused, identities, presence, new DoorLimits(4, 2), CLOCK);
    String[] paths = {"v1/telemetry", "v1/faults", "x", "v1/d/child/faults", "v1/frames"};
    for (int kind : kinds) {
      int size = kind == 4 ? 9 : 1;
      counted.take(TRUCK, paths[kind], "", "mqtt", new byte[size]).toCompletableFuture().join();
    }
    DoorStats stats = counted.stats();
    assertThat(stats.accepted()).isEqualTo(kinds.size());
    assertThat(stats.stored()).isEqualTo(lane.end(0));
    assertThat(stats.rejectedTotal()).isEqualTo(refused.end(0));
    assertThat(stats.inFlight()).isZero();
    assertThat(stats.missing()).isZero();
  }
}
