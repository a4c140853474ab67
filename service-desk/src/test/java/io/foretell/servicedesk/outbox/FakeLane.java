package io.foretell.servicedesk.outbox;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A lane in memory that can be made to refuse. */
public final class FakeLane<T> implements Lane<T> {
  public final List<Entry<T>> entries = new ArrayList<>();
  public volatile boolean refuses;

  @Override
  public synchronized CompletionStage<Position> append(DeviceId key, long at, T value) {
    if (refuses) {
      return CompletableFuture.failedFuture(new LaneUnavailableException("disk is gone"));
    }
    Position position = new Position("tickets", 0, entries.size());
    entries.add(new Entry<>(position, 0, key, at, value));
    return CompletableFuture.completedFuture(position);
  }

  @Override
  public int partitions() {
    return 1;
  }

  @Override
  public synchronized long end(int partition) {
    return entries.size();
  }

  @Override
  public long begin(int partition) {
    return 0;
  }

  @Override
  public synchronized List<Entry<T>> read(int partition, long from, int limit) {
    return List.copyOf(entries.subList((int) from, entries.size()));
  }
}
