package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;

/** Which partition a device is on: the same in every process and every version. */
public final class Partitioning {
  private Partitioning() {}

  /** From 0 to {@code count} - 1. String's hash is part of its specification, so it never moves. */
  public static int of(DeviceId key, int count) {
    int hash = 31 * key.tenant().hashCode() + key.device().hashCode();
    hash ^= hash >>> 16;
    hash *= 0x85ebca6b;
    hash ^= hash >>> 13;
    return Math.floorMod(hash, count);
  }
}
