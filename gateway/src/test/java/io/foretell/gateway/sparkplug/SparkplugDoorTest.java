package io.foretell.gateway.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.gateway.fixture.FakeDoor;
import io.foretell.gateway.fixture.FakePresence;
import io.foretell.proto.DeviceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SparkplugDoorTest {
  private static final DeviceId NODE = new DeviceId("acme", "node-1");

  private final FakeDoor inner = new FakeDoor();
  private final FakePresence presence = new FakePresence();
  private final List<SparkplugDoor.Command> commands = new ArrayList<>();
  private final AtomicLong now = new AtomicLong(1_795_308_448_257L);
  private final SparkplugDoor door =
      new SparkplugDoor(inner, presence, commands::add, () -> Instant.ofEpochMilli(now.get()));

  private void take(String type, String device, int sequence) {
    String topic = "spBv1.0/plant/" + type + "/node-1" + (device.isEmpty() ? "" : "/" + device);
    byte[] payload = sequence < 0 ? new byte[0] : new byte[] {0x18, (byte) sequence};
    if (sequence > 127) {
      payload = new byte[] {0x18, (byte) (sequence & 0x7F | 0x80), (byte) (sequence >> 7)};
    }
    door.take(NODE, topic, "", "mqtt", payload);
  }

  @Test
  void messages_go_in_as_those_of_the_node_and_its_children() {
    take("NBIRTH", "", 0);
    take("DBIRTH", "pump-7", 1);
    take("DDATA", "pump-7", 2);

    assertThat(inner.messages())
        .extracting(FakeDoor.Message::path)
        .containsExactly("v1/telemetry", "v1/d/pump-7/telemetry", "v1/d/pump-7/telemetry");
    assertThat(inner.messages())
        .extracting(FakeDoor.Message::contentType)
        .containsExactly(
            "application/x-sparkplug-b; type=NBIRTH",
            "application/x-sparkplug-b; type=DBIRTH",
            "application/x-sparkplug-b; type=DDATA");
    assertThat(inner.messages()).allMatch(message -> message.speaker().equals(NODE));
    assertThat(commands).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spBv1.0/plant/NDATA/node-2",
        "spBv1.0/plant/NCMD/node-1",
        "spBv1.0/plant/DDATA/node-1",
        "spBv1.0/plant/NDATA/node-1/pump",
        "spBv1.0/plant",
        "spBv1.0/STATE/host",
        "v1/telemetry"
      })
  void other_topics_go_in_as_they_are(String topic) {
    door.take(NODE, topic, "text/x", "mqtt", new byte[0]);

    assertThat(inner.messages().get(0).path()).isEqualTo(topic);
    assertThat(inner.messages().get(0).contentType()).isEqualTo("text/x");
    assertThat(commands).isEmpty();
  }

  @Test
  void gap_asks_for_a_rebirth_and_not_again_and_again() {
    take("NBIRTH", "", 0);
    take("NDATA", "", 1);
    take("NDATA", "", 3);
    take("NDATA", "", 5);

    assertThat(commands).hasSize(1);
    assertThat(commands.get(0).node()).isEqualTo(NODE);
    assertThat(commands.get(0).topic()).isEqualTo("spBv1.0/plant/NCMD/node-1");
    assertThat(new String(commands.get(0).payload(), java.nio.charset.StandardCharsets.ISO_8859_1))
        .contains("Node Control/Rebirth");
    now.addAndGet(10_000);
    take("NDATA", "", 9);
    assertThat(commands).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"NDATA,''", "DBIRTH,pump-7", "DDATA,pump-7"})
  void message_before_the_birth_asks_for_one(String type, String device) {
    take(type, device, 0);

    assertThat(commands).hasSize(1);
  }

  @Test
  void device_that_was_not_brought_asks_for_a_rebirth() {
    take("NBIRTH", "", 0);
    take("DDATA", "pump-7", 1);

    assertThat(commands).hasSize(1);
  }

  @Test
  void numbers_wrap_without_a_gap() {
    take("NBIRTH", "", 0);
    for (int i = 1; i < 600; i++) {
      take("NDATA", "", i % 256);
    }

    assertThat(commands).isEmpty();
  }

  @Test
  void devices_are_present_from_birth_to_death() throws Exception {
    take("NBIRTH", "", 0);
    take("DBIRTH", "pump-7", 1);
    take("DBIRTH", "pump-8", 2);
    take("DDEATH", "pump-7", 3);
    take("NDEATH", "", -1);

    assertThat(List.of(presence.next(), presence.next(), presence.next(), presence.next()))
        .containsExactly(
            "arrived pump-7@acme sparkplug",
            "arrived pump-8@acme sparkplug",
            "left pump-7@acme sparkplug death",
            "left pump-8@acme sparkplug death");
  }

  @ParameterizedTest
  @CsvSource({
    "spBv1.0/plant/NCMD/node-1, true",
    "spBv1.0/plant/NCMD/node-1/#, true",
    "spBv1.0/plant/DCMD/node-1/+, true",
    "spBv1.0/STATE/scada, true",
    "spBv1.0/plant/NDEATH/node-1, true",
    "spBv1.0/plant/NDEATH/node-2, false",
    "spBv1.0/plant/NCMD/node-2, false",
    "spBv1.0/plant/NCMD/+, false",
    "spBv1.0/+/NCMD/node-1, false",
    "spBv1.0/plant/DDATA/node-1/#, false",
    "spBv1.0/#, false",
    "spBv1.0/STATE/#, false",
    "spBv1.0/plant/#, false"
  })
  void node_listens_to_what_is_its_own(String filter, boolean may) {
    assertThat(SparkplugTopic.mayListen(filter, NODE)).isEqualTo(may);
  }

  @Property(tries = 300)
  void any_topic_and_payload_go_in(@ForAll String rest, @ForAll byte[] payload) {
    SparkplugDoor fresh = new SparkplugDoor(new FakeDoor(), presence, command -> {}, Instant::now);
    fresh.take(NODE, "spBv1.0/" + rest, "", "mqtt", payload);
    fresh.take(NODE, "spBv1.0/g/DDATA/node-1/" + rest, "", "mqtt", payload);
    SparkplugTopic.mayListen("spBv1.0/" + rest, NODE);
  }
}
