package io.foretell.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.Presence.Status;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Uplink;
import io.foretell.proto.UplinkKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LivePresenceTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck");

  private final AtomicLong now = new AtomicLong(1_000);
  private final HeldLane<Uplink> lane = new HeldLane<>("uplink");
  private final LivePresence presence =
      new LivePresence(lane, Duration.ofMinutes(15), () -> Instant.ofEpochMilli(now.get()));
  private final List<Status> heard = new ArrayList<>();

  LivePresenceTest() {
    presence.onChange(heard::add);
  }

  @Test
  void device_is_online_from_its_first_connection_to_its_last() {
    presence.arrived(TRUCK, "mqtt", "1");
    presence.arrived(TRUCK, "coap-observe", "1");
    presence.left(TRUCK, "mqtt", "1", "connection lost");
    assertThat(presence.of(TRUCK).orElseThrow().online()).isTrue();
    now.set(2_000);
    presence.left(TRUCK, "coap-observe", "1", "cancelled");
    assertThat(presence.of(TRUCK))
        .hasValue(new Status(TRUCK, false, 2_000, 1_000, "coap-observe", "cancelled"));
    assertThat(heard).extracting(Status::online).containsExactly(true, false);
  }

  @Test
  void connection_of_a_device_that_was_there_without_one_is_told_of() {
    presence.seen(TRUCK, "http");
    presence.arrived(TRUCK, "mqtt", "1");
    presence.arrived(TRUCK, "mqtt", "2");

    assertThat(presence.of(TRUCK))
        .hasValue(new Status(TRUCK, true, 1_000, 1_000, "mqtt", "connected"));
    assertThat(heard).extracting(Status::via).containsExactly("http", "mqtt");
    assertThat(lane.read(0, 0, 10)).as("appended").hasSize(1);
  }

  @Test
  void leaving_what_never_arrived_changes_nothing() {
    presence.arrived(TRUCK, "mqtt", "2");
    presence.left(TRUCK, "mqtt", "1", "late");
    presence.left(TRUCK, "mqtt", "1", "late");
    assertThat(presence.of(TRUCK).orElseThrow().online()).isTrue();
    assertThat(heard).hasSize(1);
  }

  @Test
  void device_that_is_dropped_leaves_without_a_trace() {
    presence.arrived(TRUCK, "mqtt", "1");
    assertThat(presence.devices()).containsExactly(TRUCK);

    presence.drop(TRUCK);
    presence.left(TRUCK, "mqtt", "1", "cut");

    assertThat(presence.devices()).isEmpty();
    assertThat(presence.of(TRUCK)).isEmpty();
    assertThat(heard).extracting(Status::online).containsExactly(true);
    assertThat(lane.read(0, 0, 10)).as("appended").hasSize(1);
  }

  @Test
  void device_without_connections_is_online_until_it_is_silent_for_too_long() {
    presence.seen(TRUCK, "http");
    assertThat(heard).extracting(Status::reason).containsExactly("message");
    now.addAndGet(Duration.ofMinutes(14).toMillis());
    presence.seen(TRUCK, "http");
    now.addAndGet(Duration.ofMinutes(14).toMillis());
    presence.expire(now.get());
    assertThat(presence.of(TRUCK).orElseThrow().online()).isTrue();
    now.addAndGet(Duration.ofMinutes(1).toMillis());
    presence.expire(now.get());
    presence.expire(now.get());
    assertThat(heard).extracting(Status::reason).containsExactly("message", "silent");
    assertThat(presence.of(TRUCK).orElseThrow().online()).isFalse();
  }

  @Test
  void silence_does_not_end_the_presence_of_an_open_connection() {
    presence.arrived(TRUCK, "mqtt", "1");
    presence.expire(now.addAndGet(Duration.ofDays(1).toMillis()));
    assertThat(presence.of(TRUCK).orElseThrow().online()).isTrue();
  }

  @Test
  void message_that_a_lost_connection_left_behind_revives_nobody() {
    presence.arrived(TRUCK, "mqtt", "1");
    presence.left(TRUCK, "mqtt", "1", "connection lost");
    presence.seen(TRUCK, "mqtt");
    assertThat(presence.of(TRUCK).orElseThrow().online()).isFalse();
  }

  @Test
  void each_change_stands_in_the_history_of_the_device() {
    presence.arrived(TRUCK, "mqtt", "1");
    presence.left(TRUCK, "mqtt", "1", "will: \"bad\"\n");
    List<Entry<Uplink>> entries = lane.read(0, 0, 10);
    assertThat(entries).extracting(Entry::key).containsOnly(TRUCK);
    assertThat(entries)
        .extracting(e -> new String(e.value().payload(), UTF_8))
        .containsExactly(
            "{\"online\":true,\"via\":\"mqtt\",\"reason\":\"connected\"}",
            "{\"online\":false,\"via\":\"mqtt\",\"reason\":\"will: \\\"bad\\\"\\u000a\"}");
    assertThat(entries)
        .allSatisfy(
            e -> {
              assertThat(e.value().kind()).isEqualTo(UplinkKind.PRESENCE);
              assertThat(e.value().via()).isEqualTo("gateway");
              assertThat(e.value().contentType()).isEqualTo("application/json");
            });
    assertThat(presence.recorded()).isEqualTo(2);
  }

  @Test
  void lane_that_is_down_does_not_hide_who_is_there() {
    lane.breakDown();
    presence.arrived(TRUCK, "mqtt", "1");
    assertThat(presence.of(TRUCK).orElseThrow().online()).isTrue();
    assertThat(presence.recorded()).isZero();
  }

  @Test
  void tenants_see_only_their_own() {
    presence.arrived(TRUCK, "mqtt", "1");
    presence.arrived(DeviceId.parse("truck@acme"), "mqtt", "2");
    assertThat(presence.all("acme"))
        .extracting(Status::device)
        .containsExactly(DeviceId.parse("truck@acme"));
  }
}
