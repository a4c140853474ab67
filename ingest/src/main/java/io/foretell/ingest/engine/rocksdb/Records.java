package io.foretell.ingest.engine.rocksdb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.foretell.proto.DeviceId;

/**
 * An entry as it is kept in a lane.
 *
 * <pre>
 * at:8  tenantLength:1  deviceLength:1  tenant  device  value
 * </pre>
 */
final class Records {
  private static final int HEAD = 10;

  private Records() {}

  /** A record whose time is not yet set. */
  @SuppressWarnings("deprecation") // getBytes(int, int, byte[], int) is right for ASCII, and fast
  static byte[] of(DeviceId key, byte[] value) {
    String tenant = key.tenant();
    String device = key.device();
    int names = tenant.length() + device.length();
    byte[] record = new byte[HEAD + names + value.length];
    record[8] = (byte) tenant.length();
    record[9] = (byte) device.length();
    tenant.getBytes(0, tenant.length(), record, HEAD);
    device.getBytes(0, device.length(), record, HEAD + tenant.length());
    System.arraycopy(value, 0, record, HEAD + names, value.length);
    return record;
  }

  static void setAt(byte[] record, long at) {
    Keys.LONG.set(record, 0, at);
  }

  static long at(byte[] record) {
    return (long) Keys.LONG.get(record, 0);
  }

  static DeviceId key(byte[] record) {
    int tenant = record[8];
    int device = record[9] & 0xff;
    return new DeviceId(
        new String(record, HEAD, tenant, ISO_8859_1),
        new String(record, HEAD + tenant, device, ISO_8859_1));
  }

  static byte[] value(byte[] record) {
    int from = HEAD + record[8] + (record[9] & 0xff);
    byte[] value = new byte[record.length - from];
    System.arraycopy(record, from, value, 0, value.length);
    return value;
  }
}
