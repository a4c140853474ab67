package io.foretell.bench.standin;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lane that keeps nothing: an append is done at once, and one reader takes what has come. Where
 * the reader is far behind, whoever appends waits.
 */
final class MemoryLane<T> implements Lane<T> {
  private static final int MOST = 1 << 17;

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Entry<T>> waiting = new ArrayList<>();
  private long end;

  MemoryLane(String name) {
    this.name = name;
  }

  @Override
  public CompletionStage<Position> append(DeviceId key, long at, T value) {
    lock.lock();
    try {
      while (waiting.size() >= MOST) {
        changed.awaitUninterruptibly();
      }
      Position position = new Position(name, 0, end++);
      waiting.add(new Entry<>(position, 0, key, at, value));
      if (waiting.size() == 1) {
        changed.signalAll();
      }
      return CompletableFuture.completedFuture(position);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for entries and takes them all. */
  List<Entry<T>> take() {
    lock.lock();
    try {
      while (waiting.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      List<Entry<T>> taken = waiting;
      waiting = new ArrayList<>(taken.size());
      changed.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int partitions() {
    return 1;
  }

  @Override
  public long end(int partition) {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long begin(int partition) {
    return 0;
  }

  @Override
  public List<Entry<T>> read(int partition, long from, int limit) {
    return List.of();
  }
}
