package io.foretell.ingest.engine.rocksdb;

import io.foretell.ingest.engine.Held;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.RocksIterator;

/** The index of one stage's timers on one partition, in the order of their moments. */
final class Timers {
  private final Store store;
  private final Store.Family family;
  private final int stage;
  private final int partition;

  /** Not after the earliest timer that there is. */
  private volatile long earliest = Long.MIN_VALUE;

  /** A place in the index. */
  record Timer(long at, DeviceId device) {}

  Timers(Store store, int stage, int partition) {
    this.store = store;
    this.family = store.family("timers");
    this.stage = stage;
    this.partition = partition;
  }

  boolean due(long now) {
    return earliest <= now;
  }

  /** Learns from the store when the earliest is. */
  void reload() {
    earliest = Long.MIN_VALUE;
    seek();
  }

  /** Looks again for the earliest, after some were taken out. */
  void seek() {
    List<Timer> first = until(Stage.NEVER, 1);
    earliest = first.isEmpty() ? Stage.NEVER : first.get(0).at();
  }

  /** Those until a moment, that moment included. */
  List<Timer> until(long last, int limit) {
    // From the earliest known on: what lies before has been taken out, and stepping over what was
    // taken out is what makes such an index slow.
    byte[] from = Keys.timerFrom(stage, partition, earliest);
    byte[] end = Keys.timersEnd(stage, partition);
    return store.read(
        db -> {
          List<Timer> found = new ArrayList<>();
          try (RocksIterator iterator = store.iterator(family)) {
            iterator.seek(from);
            while (iterator.isValid() && found.size() < limit) {
              byte[] key = iterator.key();
              if (Arrays.compareUnsigned(key, end) >= 0 || Keys.timerWakeAt(key) > last) {
                break;
              }
              found.add(new Timer(Keys.timerWakeAt(key), Keys.timerDevice(key)));
              iterator.next();
            }
          }
          return found;
        });
  }

  /**
   * Sets a device's timer anew where it must be: the old one has been used up, or is too late.
   *
   * @param usedUp timers until this moment have been looked at
   */
  void set(Commit commit, Held<?> held, long wakeAt, long usedUp) {
    if (held.timer() > usedUp && wakeAt >= held.timer()) {
      return;
    }
    if (held.timer() != Stage.NEVER) {
      commit.delete(family, Keys.timer(stage, partition, held.timer(), held.key()));
    }
    if (wakeAt != Stage.NEVER) {
      commit.put(family, Keys.timer(stage, partition, wakeAt, held.key()), new byte[0]);
    }
    held.timer(wakeAt);
  }

  /** Takes out a timer whose device cannot be ticked. */
  void remove(Commit commit, Timer timer) {
    commit.delete(family, Keys.timer(stage, partition, timer.at(), timer.device()));
  }

  /** A timer that is in the store now. */
  void added(long wakeAt) {
    if (wakeAt < earliest) {
      earliest = wakeAt;
    }
  }
}
