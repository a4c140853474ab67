package io.foretell.ingest.history.rocksdb;

import io.foretell.proto.DeviceId;
import java.nio.charset.StandardCharsets;

/** A signal of a device; on disk {@code tenant NUL device NUL signal}, which no name contains. */
record SeriesKey(DeviceId device, String signal) {
  byte[] toBytes() {
    return (prefix(device) + signal).getBytes(StandardCharsets.UTF_8);
  }

  static SeriesKey ofBytes(byte[] bytes) {
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\0", 3);
    return new SeriesKey(new DeviceId(parts[0], parts[1]), parts[2]);
  }

  /** How the keys of all signals of a device begin. */
  static byte[] prefixOf(DeviceId device) {
    return prefix(device).getBytes(StandardCharsets.UTF_8);
  }

  private static String prefix(DeviceId device) {
    return device.tenant() + '\0' + device.device() + '\0';
  }
}
