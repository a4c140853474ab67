package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage run over what a lane keeps, beside what is hosted: the same fold, with states in memory.
 *
 * <p>Ticks fall before the entries that are not before them, as in the hosted run. After the last
 * entry all devices are ticked until the latest time that any entry read has, that moment included:
 * later than that, nothing is known of the time.
 */
final class Replay<S, I> {
  private static final int BATCH = 4096;

  private final Stage<S, I> stage;
  private final Emit to;
  private final int cachedStates;
  private final Fold.Skipped<I> skipped;
  private final List<Part> parts = new ArrayList<>();
  private long latest = Long.MIN_VALUE;
  private long count;

  /** What is known of one partition. */
  private final class Part {
    final Map<DeviceId, byte[]> records = new HashMap<>();
    final Map<DeviceId, Long> wakes = new HashMap<>();
    final Outputs out = new Outputs(topic -> true);
    final Fold<S, I> fold;

    Part(Partition<I> partition) {
      fold =
          new Fold<>(
              stage, partition.lane(), partition.number(), cachedStates, records::get, skipped);
    }

    void finish() {
      fold.finish(
          (held, encoded, wakeAt) -> {
            records.put(held.key, held.record(encoded));
            wakes.put(held.key, wakeAt);
          },
          out);
      fold.committed();
      out.all().forEach(Replay.this::pass);
      out.clear();
    }
  }

  Replay(Stage<S, I> stage, Emit to, int cachedStates, Fold.Skipped<I> skipped) {
    this.stage = stage;
    this.to = to;
    this.cachedStates = cachedStates;
    this.skipped = skipped;
  }

  /** Runs over what the partitions hold now; returns how many entries that was. */
  long run(List<Partition<I>> partitions) {
    return run(partitions, Long.MIN_VALUE);
  }

  /**
   * The same.
   *
   * @param known the time that is known to have come, whatever the entries say; ms since 1970
   */
  long run(List<Partition<I>> partitions, long known) {
    for (Partition<I> partition : partitions) {
      Part part = new Part(partition);
      parts.add(part);
      entries(part, partition);
    }
    latest = Math.max(latest, known);
    for (Part part : parts) {
      ticks(part);
    }
    return count;
  }

  private void entries(Part part, Partition<I> partition) {
    long end = partition.end();
    long next = partition.begin();
    while (next < end) {
      List<Entry<I>> batch = partition.read(next, (int) Math.min(BATCH, end - next));
      if (batch.isEmpty()) {
        return;
      }
      for (Entry<I> entry : batch) {
        latest = Math.max(latest, entry.at());
      }
      part.fold.entries(batch, part.out);
      part.finish();
      count += batch.size();
      next = batch.get(batch.size() - 1).position().offset() + 1;
    }
  }

  private void ticks(Part part) {
    List<Map.Entry<DeviceId, Long>> due =
        part.wakes.entrySet().stream()
            .filter(wake -> wake.getValue() <= latest)
            .sorted(
                Comparator.comparing((Map.Entry<DeviceId, Long> wake) -> wake.getValue())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    for (Map.Entry<DeviceId, Long> wake : due) {
      part.fold.clock(wake.getKey(), latest, part.out);
      part.finish();
    }
  }

  private <T> void pass(Outputs.Emitted<T> emitted) {
    to.to(emitted.topic(), emitted.entry().key(), emitted.entry().value());
  }
}
