package io.foretell.gateway.sparkplug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.foretell.gateway.fixture.FakeDoor;
import io.foretell.gateway.fixture.FakePresence;
import io.foretell.proto.DeviceId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Fuzzing of Sparkplug's topics and of the little that the door reads of its payloads. */
class SparkplugFuzzTest {
  private static final String LONG = "30m";
  private static final DeviceId NODE = new DeviceId("acme", "node");

  /**
   * Messages of an edge node: length of the topic, of the payload, and both. What its door hands on
   * is what came, or telemetry of the node or of a child; a topic that is read says all of itself;
   * and a rebirth is asked for at most once at a time.
   */
  @FuzzTest(maxDuration = LONG)
  void messages(byte[] data) {
    FakeDoor door = new FakeDoor();
    List<SparkplugDoor.Command> commands = new ArrayList<>();
    SparkplugDoor sparkplug =
        new SparkplugDoor(
            door, new FakePresence(), commands::add, InstantSource.fixed(Instant.EPOCH));
    int sent = 0;
    for (int at = 0; at + 2 <= data.length; sent++) {
      int topicEnd = Math.min(data.length, at + 2 + (data[at] & 0x7F));
      int end = Math.min(data.length, topicEnd + (data[at + 1] & 0x7F));
      String topic = new String(data, at + 2, topicEnd - at - 2, UTF_8);
      byte[] payload = Arrays.copyOfRange(data, topicEnd, end);
      sparkplug.take(NODE, topic, "", "mqtt", payload).toCompletableFuture().join();
      judge(topic, payload, door.messages().get(sent));
      at = end;
    }
    check(door.messages().size() == sent, "not one message for each");
    check(commands.size() <= 1, "asked again and again");
  }

  private static void judge(String topic, byte[] payload, FakeDoor.Message message) {
    check(message.speaker().equals(NODE) && message.payload() == payload, "another message");
    long sequence = SparkplugPayload.sequence(payload);
    check(sequence >= -1 && sequence < 256, "sequence " + sequence);
    Optional<SparkplugTopic> read = SparkplugTopic.parse(topic);
    read.ifPresent(said -> check(text(said).equals(topic), "read as another topic"));
    boolean own = read.isPresent() && read.get().node().equals(NODE.device());
    String expected =
        own
            ? read.get().device().map(d -> "v1/d/" + d + "/telemetry").orElse("v1/telemetry")
            : topic;
    check(message.path().equals(expected), "handed on as " + message.path());
    if (SparkplugTopic.mayListen(topic, NODE)) {
      check(topic.indexOf('+') < 0 || !topic.startsWith("spBv1.0/+"), "listens to every group");
    }
  }

  private static String text(SparkplugTopic topic) {
    return SparkplugTopic.PREFIX
        + topic.group()
        + "/"
        + topic.type()
        + "/"
        + topic.node()
        + topic.device().map(device -> "/" + device).orElse("");
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }
}
