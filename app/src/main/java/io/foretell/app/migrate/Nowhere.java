package io.foretell.app.migrate;

import io.foretell.ingest.engine.Kept;
import io.foretell.ingest.engine.Placing;
import io.foretell.proto.DeviceId;

/** Takes everything and keeps nothing: for a look at what would be moved. */
final class Nowhere implements Placing {
  private final int partitions;
  private long next;

  Nowhere(int partitions) {
    this.partitions = partitions;
  }

  @Override
  public int partitions() {
    return partitions;
  }

  @Override
  public long begin(String lane, int partition, long before) {
    next = before;
    return before;
  }

  @Override
  public long append(String lane, int partition, Kept entry) {
    next = entry.offset() + 1;
    return entry.offset();
  }

  @Override
  public long end(String lane, int partition, long erased) {
    return next + erased;
  }

  @Override
  public void state(String stage, String from, DeviceId key, byte[] record) {}

  @Override
  public void stageOffset(String stage, String from, int partition, long offset) {}

  @Override
  public void sinkOffset(String sink, String from, int partition, long offset) {}
}
