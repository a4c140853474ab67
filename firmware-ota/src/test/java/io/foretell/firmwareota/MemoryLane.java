package io.foretell.firmwareota;

import io.foretell.proto.Command;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A command lane in memory, whose answers can be bent. */
final class MemoryLane implements Lane<Command> {
  private static final int PARTITIONS = 3;

  final List<List<Entry<Command>>> entries = new ArrayList<>();

  /** How an append goes. */
  enum Mode {
    GOOD,
    /** The entry is not kept, and the answer says so. */
    FAILING,
    /** The entry is kept, but the answer says otherwise. */
    KEEPS_BUT_FAILS
  }

  Mode mode = Mode.GOOD;

  MemoryLane() {
    for (int p = 0; p < PARTITIONS; p++) {
      entries.add(new ArrayList<>());
    }
  }

  List<Entry<Command>> all() {
    return entries.stream().flatMap(List::stream).toList();
  }

  List<String> devices() {
    return all().stream().map(e -> e.key().device()).sorted().toList();
  }

  @Override
  public CompletionStage<Position> append(DeviceId key, long at, Command value) {
    int p = Math.floorMod(key.hashCode(), PARTITIONS);
    Position position = new Position("commands", p, entries.get(p).size());
    if (mode != Mode.FAILING) {
      entries.get(p).add(new Entry<>(position, 0, key, at, value));
    }
    return mode == Mode.GOOD
        ? CompletableFuture.completedFuture(position)
        : CompletableFuture.failedFuture(new LaneUnavailableException("the disk is full"));
  }

  @Override
  public int partitions() {
    return PARTITIONS;
  }

  @Override
  public long end(int partition) {
    return entries.get(partition).size();
  }

  @Override
  public long begin(int partition) {
    return 0;
  }

  @Override
  public List<Entry<Command>> read(int partition, long from, int limit) {
    List<Entry<Command>> all = entries.get(partition);
    return List.copyOf(all.subList((int) from, (int) Math.min(all.size(), from + limit)));
  }
}
