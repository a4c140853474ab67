package io.foretell.gateway;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A lane whose test decides when an entry is on disk: at once, on command, or never. */
public final class HeldLane<T> implements Lane<T> {
  /** An append as the lane saw it. */
  public record Append<T>(DeviceId key, T value, CompletableFuture<Position> onDisk) {}

  private final String name;
  private final List<Entry<T>> entries = new ArrayList<>();
  private final LinkedBlockingQueue<Append<T>> appends = new LinkedBlockingQueue<>();
  private volatile boolean held;
  private volatile boolean broken;

  /** A lane that is durable at once. */
  public HeldLane(String name) {
    this.name = name;
  }

  /** From now on entries wait until the test completes them. */
  public HeldLane<T> hold() {
    held = true;
    return this;
  }

  /** From now on nothing becomes durable. */
  public HeldLane<T> breakDown() {
    broken = true;
    return this;
  }

  /** From now on entries become durable again. */
  public HeldLane<T> repair() {
    broken = false;
    return this;
  }

  /** The next append, waited for. */
  public Append<T> next() throws InterruptedException {
    Append<T> append = appends.poll(60, TimeUnit.SECONDS);
    if (append == null) {
      throw new AssertionError("nothing was appended to " + name + " in 60 s");
    }
    return append;
  }

  /** How many appends nobody has taken yet. */
  public int untaken() {
    return appends.size();
  }

  /** Makes an append durable. */
  public void complete(Append<T> append) {
    append.onDisk().complete(store(append.key(), append.value()));
  }

  @Override
  public CompletionStage<Position> append(DeviceId key, long at, T value) {
    if (broken) {
      throw new LaneUnavailableException("disk full");
    }
    CompletableFuture<Position> onDisk = new CompletableFuture<>();
    if (!held) {
      onDisk.complete(store(key, value));
    }
    appends.add(new Append<>(key, value, onDisk));
    return onDisk;
  }

  private synchronized Position store(DeviceId key, T value) {
    Position position = new Position(name, 0, entries.size());
    entries.add(new Entry<>(position, 0, key, 0, value));
    return position;
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
    int start = (int) Math.min(from, entries.size());
    return List.copyOf(entries.subList(start, Math.min(entries.size(), start + limit)));
  }
}
