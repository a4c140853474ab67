package io.foretell.ingest.engine.rocksdb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.foretell.proto.DeviceId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Keys in the store. All integers are big-endian, so that RocksDB's order of bytes is theirs.
 *
 * <pre>
 * lane family   last offset:8                                       → Chunks of Records
 * states        stage:2 tenant 0x00 device                          → Held
 * timers        stage:2 partition:2 wakeAt^sign:8 tenant 0x00 device → nothing
 * default       text, see the methods                               → text or 8 bytes
 * </pre>
 */
final class Keys {
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  static final byte[] FORMAT = "format".getBytes(UTF_8);
  static final byte[] PARTITIONS = "partitions".getBytes(UTF_8);

  /** How many stages have got a number. */
  static final byte[] NAMES = "names".getBytes(UTF_8);

  private static final int TIMER_PREFIX = 4;
  private static final int TIMER_HEAD = TIMER_PREFIX + Long.BYTES;

  private Keys() {}

  static byte[] number(long number) {
    byte[] key = new byte[Long.BYTES];
    LONG.set(key, 0, number);
    return key;
  }

  static long number(byte[] bytes) {
    return (long) LONG.get(bytes, 0);
  }

  static byte[] name(String name) {
    return ("name/" + name).getBytes(UTF_8);
  }

  static byte[] offset(String name, String topic, int partition) {
    return ("offset/" + name + "/" + topic + "/" + partition).getBytes(UTF_8);
  }

  static byte[] begin(String topic, int partition) {
    return ("begin/" + topic + "/" + partition).getBytes(UTF_8);
  }

  static byte[] end(String topic, int partition) {
    return ("end/" + topic + "/" + partition).getBytes(UTF_8);
  }

  static byte[] floor(String topic, int partition) {
    return ("floor/" + topic + "/" + partition).getBytes(UTF_8);
  }

  static byte[] statePrefix(int stage) {
    return new byte[] {(byte) (stage >> 8), (byte) stage};
  }

  static byte[] state(int stage, DeviceId device) {
    byte[] key = new byte[2 + device.tenant().length() + 1 + device.device().length()];
    key[0] = (byte) (stage >> 8);
    key[1] = (byte) stage;
    putDevice(key, 2, device);
    return key;
  }

  static DeviceId stateDevice(byte[] key) {
    return device(key, 2);
  }

  static byte[] timerFrom(int stage, int partition, long wakeAt) {
    byte[] key = new byte[TIMER_HEAD];
    putTimerHead(key, stage, partition, wakeAt);
    return key;
  }

  /** The first key behind those of a partition. */
  static byte[] timersEnd(int stage, int partition) {
    byte[] key = new byte[TIMER_PREFIX];
    INT.set(key, 0, (stage << 16 | partition) + 1);
    return key;
  }

  static byte[] timer(int stage, int partition, long wakeAt, DeviceId device) {
    byte[] key = new byte[TIMER_HEAD + device.tenant().length() + 1 + device.device().length()];
    putTimerHead(key, stage, partition, wakeAt);
    putDevice(key, TIMER_HEAD, device);
    return key;
  }

  static long timerWakeAt(byte[] key) {
    return (long) LONG.get(key, TIMER_PREFIX) ^ Long.MIN_VALUE;
  }

  static DeviceId timerDevice(byte[] key) {
    return device(key, TIMER_HEAD);
  }

  private static void putTimerHead(byte[] key, int stage, int partition, long wakeAt) {
    INT.set(key, 0, stage << 16 | partition);
    LONG.set(key, TIMER_PREFIX, wakeAt ^ Long.MIN_VALUE);
  }

  // Names are ASCII by DeviceId's own rule, and none has a zero: the separator keeps the order of
  // (tenant, device).
  private static void putDevice(byte[] key, int at, DeviceId device) {
    byte[] tenant = device.tenant().getBytes(ISO_8859_1);
    byte[] name = device.device().getBytes(ISO_8859_1);
    System.arraycopy(tenant, 0, key, at, tenant.length);
    System.arraycopy(name, 0, key, at + tenant.length + 1, name.length);
  }

  private static DeviceId device(byte[] key, int from) {
    int zero = from;
    while (key[zero] != 0) {
      zero++;
    }
    return new DeviceId(
        new String(key, from, zero - from, ISO_8859_1),
        new String(key, zero + 1, key.length - zero - 1, ISO_8859_1));
  }
}
