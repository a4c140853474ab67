package io.foretell.ingest.engine.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.foretell.proto.DeviceId;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names and keys on the brokers.
 *
 * <pre>
 * topic    prefix.lane              a lane: key = 0x00 id of the device's key:16, timestamp = at,
 *                                   value = the codec's bytes, sealed; before format 2 key = device,
 *                                   value = the codec's bytes
 * topic    prefix.lane.ticks        the ticks by the clock of the stages that read it
 * topic    prefix.about             what the others are: see About
 * topic    prefix.name-states-changelog  the states of a stage
 * topic    prefix.name-timers-changelog  its timers, and under a zero byte the offset it goes on from
 * group    prefix.name              a sink, or a stage as a Kafka Streams application
 * device   tenant 0x00 device       in the order of (tenant, device)
 * timer    wakeAt^sign:8 device     in the order of their moments
 * </pre>
 */
final class Names {
  /** Among the timers of a stage, the key of the offset that it goes on from. */
  static final byte[] NEXT = new byte[1];

  private static final int SEALED_BYTES = 1 + 16;

  private final String prefix;

  Names(String prefix) {
    this.prefix = prefix;
  }

  String topic(String lane) {
    return prefix + "." + lane;
  }

  String ticks(String lane) {
    return prefix + "." + lane + ".ticks";
  }

  String about() {
    return prefix + ".about";
  }

  String group(String name) {
    return prefix + "." + name;
  }

  /** The changelog of a stage's states, as Kafka Streams calls it. */
  String states(String stage) {
    return group(stage) + "-" + HostedStage.STATES + "-changelog";
  }

  /** The changelog of the index of its timers, and of the offset that it goes on from. */
  String timers(String stage) {
    return group(stage) + "-" + HostedStage.TIMERS + "-changelog";
  }

  /** Whether a topic is of this installation. */
  boolean own(String topic) {
    return topic.startsWith(prefix + ".");
  }

  /** The key of a record whose value is sealed. */
  static byte[] sealed(UUID by) {
    return ByteBuffer.allocate(SEALED_BYTES)
        .put((byte) 0)
        .putLong(by.getMostSignificantBits())
        .putLong(by.getLeastSignificantBits())
        .array();
  }

  /** The id of the key that the value of a record is sealed by; null where it is in the clear. */
  static @Nullable UUID sealedBy(byte @Nullable [] key) {
    if (key == null || key.length != SEALED_BYTES || key[0] != 0) {
      return null;
    }
    ByteBuffer id = ByteBuffer.wrap(key, 1, SEALED_BYTES - 1);
    return new UUID(id.getLong(), id.getLong());
  }

  /** Among the states of a partition: how many records of its lane were no entries. Comes first. */
  static byte[] passed(int partition) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 0).putInt(partition).array();
  }

  /** Among the states of a partition: up to where its lane is read, in the same commit as they. */
  static byte[] read(int partition) {
    return ByteBuffer.allocate(2 + Integer.BYTES)
        .put((byte) 0)
        .put((byte) 1)
        .putInt(partition)
        .array();
  }

  /** Whether a key among the states is a device's. */
  static boolean isDevice(byte[] key) {
    return key.length > 0 && key[0] != 0;
  }

  // Names are ASCII by DeviceId's own rule, and none has a zero.
  static byte[] key(DeviceId device) {
    return (device.tenant() + '\0' + device.device()).getBytes(ISO_8859_1);
  }

  static DeviceId device(byte[] key) {
    return device(key, 0);
  }

  private static DeviceId device(byte[] key, int from) {
    String text = new String(key, from, key.length - from, ISO_8859_1);
    int zero = text.indexOf('\0');
    if (zero < 0) {
      throw new IllegalArgumentException("a key without a tenant");
    }
    return new DeviceId(text.substring(0, zero), text.substring(zero + 1));
  }

  static byte[] timer(long wakeAt, DeviceId device) {
    byte[] name = key(device);
    return ByteBuffer.allocate(Long.BYTES + name.length)
        .putLong(wakeAt ^ Long.MIN_VALUE)
        .put(name)
        .array();
  }

  /** Not after any timer of this moment. */
  static byte[] timersFrom(long wakeAt) {
    return ByteBuffer.allocate(Long.BYTES).putLong(wakeAt ^ Long.MIN_VALUE).array();
  }

  static long timerAt(byte[] key) {
    return ByteBuffer.wrap(key).getLong() ^ Long.MIN_VALUE;
  }

  static DeviceId timerDevice(byte[] key) {
    return device(key, Long.BYTES);
  }
}
