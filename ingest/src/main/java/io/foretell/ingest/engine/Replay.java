package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Lane;
import io.foretell.proto.Stage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
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
public final class Replay<S, I> {
  private static final int BATCH = 4096;

  private final Stage<S, I> stage;
  private final String name;
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

    Part(int partition) {
      fold = new Fold<>(stage, name, partition, cachedStates, records::get, skipped);
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

  /**
   * A tick by the clock, as a hosted run had it.
   *
   * @param before the offset of the entry that was folded after it
   * @param at ms since 1970; all that waited for this moment or an earlier one was ticked
   */
  public record Tick(long before, long at) {}

  /** The ticks by the clock of a partition, in their order. */
  public interface Ticks {
    /** No engine's clock ticked; or what was appended later was never before a tick. */
    Ticks NONE = partition -> List.of();

    List<Tick> of(int partition);
  }

  /**
   * @param name of the lane
   * @param skipped is told what the stage throws at
   */
  public Replay(
      Stage<S, I> stage, String name, Emit to, int cachedStates, Fold.Skipped<I> skipped) {
    this.stage = stage;
    this.name = name;
    this.to = to;
    this.cachedStates = cachedStates;
    this.skipped = skipped;
  }

  /** Runs over what the lane holds now; returns how many entries that was. */
  public long run(Lane<I> lane, Ticks ticks) {
    return run(lane, ticks, Long.MIN_VALUE);
  }

  /**
   * The same.
   *
   * @param known the time that is known to have come, whatever the entries say; ms since 1970
   */
  public long run(Lane<I> lane, Ticks ticks, long known) {
    for (int partition = 0; partition < lane.partitions(); partition++) {
      Part part = new Part(partition);
      parts.add(part);
      entries(part, lane, partition, new ArrayDeque<>(ticks.of(partition)));
    }
    latest = Math.max(latest, known);
    for (Part part : parts) {
      ticks(part, latest);
    }
    return count;
  }

  private void entries(Part part, Lane<I> lane, int partition, Deque<Tick> ticks) {
    long end = lane.end(partition);
    long next = lane.begin(partition);
    while (next < end) {
      List<Entry<I>> batch = lane.read(partition, next, (int) Math.min(BATCH, end - next));
      if (batch.isEmpty()) {
        break;
      }
      int from = 0;
      for (int i = 0; i < batch.size(); i++) {
        Entry<I> entry = batch.get(i);
        latest = Math.max(latest, entry.at());
        if (!ticks.isEmpty() && ticks.element().before() <= entry.position().offset()) {
          entries(part, batch.subList(from, i));
          from = i;
          tickBefore(part, ticks, entry.position().offset());
        }
      }
      entries(part, batch.subList(from, batch.size()));
      count += batch.size();
      next = batch.get(batch.size() - 1).position().offset() + 1;
    }
    tickBefore(part, ticks, Long.MAX_VALUE);
  }

  private void tickBefore(Part part, Deque<Tick> ticks, long offset) {
    while (!ticks.isEmpty() && ticks.element().before() <= offset) {
      ticks(part, ticks.remove().at());
    }
  }

  private void entries(Part part, List<Entry<I>> batch) {
    if (!batch.isEmpty()) {
      part.fold.entries(batch, part.out);
      part.finish();
    }
  }

  private void ticks(Part part, long until) {
    List<Map.Entry<DeviceId, Long>> due =
        part.wakes.entrySet().stream()
            .filter(wake -> wake.getValue() <= until)
            .sorted(
                Comparator.comparing((Map.Entry<DeviceId, Long> wake) -> wake.getValue())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    for (Map.Entry<DeviceId, Long> wake : due) {
      part.fold.clock(wake.getKey(), until, part.out);
      part.finish();
    }
  }

  private <T> void pass(Outputs.Emitted<T> emitted) {
    to.to(emitted.topic(), emitted.entry().key(), emitted.entry().value());
  }
}
