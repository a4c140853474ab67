package io.foretell.ingest.engine;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Emit;
import io.foretell.proto.Entry;
import io.foretell.proto.Position;
import io.foretell.proto.Stage;
import io.foretell.proto.Topic;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fold of one partition by one stage, in passes: steps over a batch, with a tick before each
 * entry that a state has waited for. The hosted run and the replay are both made of it, so both
 * give the same.
 *
 * <p>A step that throws changes nothing. As a stage may change its state in place, the state is
 * then made again: from what is committed, or from the last step that had to be made again, and the
 * steps of this device since. So a device that only sends what cannot be folded costs one decoding
 * and one encoding of its state an entry.
 */
public final class Fold<S, I> {
  private static final Emit NOWHERE =
      new Emit() {
        @Override
        public <T> void to(Topic<T> topic, DeviceId key, T value) {}
      };

  // A stage whose tick never moves its wake-up on would hold its partition for ever.
  private static final int MAX_TICKS_AT_ONE_MOMENT = 10_000;

  private final Stage<S, I> stage;
  private final String lane;
  private final int partition;
  private final int cachedStates;
  private final Function<DeviceId, byte @Nullable []> saved;
  private final Skipped<I> skipped;
  private final Map<DeviceId, Held<S>> cache = new LinkedHashMap<>(64, 0.75f, true);
  private final List<Held<S>> touched = new ArrayList<>();
  private List<Entry<I>> batch = List.of();

  /** Is told of what could not be folded. */
  public interface Skipped<I> {
    /**
     * An entry or a tick was passed over.
     *
     * @param entry null where it was a tick
     */
    void skipped(@Nullable Entry<I> entry, DeviceId key, Throwable cause, Outputs out);
  }

  /**
   * @param saved gives the committed record of a device; null: never seen
   */
  public Fold(
      Stage<S, I> stage,
      String lane,
      int partition,
      int cachedStates,
      Function<DeviceId, byte @Nullable []> saved,
      Skipped<I> skipped) {
    this.stage = stage;
    this.lane = lane;
    this.partition = partition;
    this.cachedStates = cachedStates;
    this.saved = saved;
    this.skipped = skipped;
  }

  /** Folds entries into the pass that runs; it lasts until {@link #committed}. */
  public void entries(List<Entry<I>> entries, Outputs out) {
    int from = batch.size();
    if (from == 0) {
      batch = entries;
    } else {
      batch = batch instanceof ArrayList ? batch : new ArrayList<>(batch);
      batch.addAll(entries);
    }
    for (int i = from; i < batch.size(); i++) {
      fold(i, out);
    }
  }

  /** Folds one more entry into the pass that runs. */
  public void entry(Entry<I> entry, Outputs out) {
    if (!(batch instanceof ArrayList)) {
      batch = new ArrayList<>(batch);
    }
    batch.add(entry);
    fold(batch.size() - 1, out);
  }

  private void fold(int i, Outputs out) {
    Entry<I> entry = batch.get(i);
    Held<S> held;
    try {
      held = hold(entry.key());
    } catch (Exception | StackOverflowError e) {
      // Boundary: a state that cannot be read costs its entry, not the partition.
      skipped.skipped(entry, entry.key(), e, out);
      return;
    }
    if (held.clocked) {
      startFrom(held, i);
      held.clocked = false;
    }
    ticks(held, entry.at(), i, entry.position().offset(), out);
    apply(held, entry, i, out);
  }

  /**
   * Ticks a device until a moment, that moment included.
   *
   * @return false where its state cannot be read
   */
  public boolean clock(DeviceId key, long until, Outputs out) {
    try {
      Held<S> held = hold(key);
      touch(held);
      if (held.stepsSinceBase > 0) {
        // Where ticks by the clock fall among the entries of the pass is not written down.
        startFrom(held, batch.size());
      }
      held.clocked = true;
      ticks(held, until, batch.size(), held.lastOffset, out);
      return true;
    } catch (Exception | StackOverflowError e) {
      // Boundary: a stage that fails costs this tick, not the partition.
      skipped.skipped(null, key, e, out);
      return false;
    }
  }

  /** When a device wants its next tick; {@link Long#MIN_VALUE} where its state cannot be read. */
  public long wakeAt(DeviceId key) {
    try {
      return wakeAt(hold(key));
    } catch (Exception | StackOverflowError e) {
      // Boundary: such a state is looked at when its device comes next.
      return Long.MIN_VALUE;
    }
  }

  /** Its timer is to be set anew at the end of this pass. */
  public void touch(DeviceId key) {
    touch(hold(key));
  }

  /** Takes the record of each device that this pass has changed. */
  public interface Records<S> {
    void put(Held<S> held, byte[] encoded, long wakeAt);
  }

  /** Ends the pass: gives what is to be kept. */
  public void finish(Records<S> records, Outputs out) {
    for (Held<S> held : touched) {
      if (held.isNew()) {
        continue;
      }
      byte[] encoded;
      long wakeAt;
      try {
        encoded = stage.codec().encode(held.state);
        wakeAt = wakeAt(held);
      } catch (Exception | StackOverflowError e) {
        // Boundary: a state that cannot be written is made again from what is committed.
        voidAll(held, e, out);
        encoded = stage.codec().encode(held.state);
        wakeAt = Stage.NEVER;
      }
      records.put(held, encoded, wakeAt);
    }
  }

  /** What {@link #finish} gave is safe. */
  public void committed() {
    touched.forEach(Held::committed);
    touched.clear();
    batch = List.of();
    Iterator<Held<S>> eldest = cache.values().iterator();
    while (cache.size() > cachedStates && eldest.hasNext()) {
      eldest.next();
      eldest.remove();
    }
  }

  /** What is decoded may be void. */
  public void forget() {
    cache.clear();
    touched.clear();
    batch = List.of();
  }

  /** What is decoded of a device is void. Only between two passes. */
  public void forget(DeviceId key) {
    cache.remove(key);
  }

  private void apply(Held<S> held, Entry<I> entry, int index, Outputs out) {
    long offset = entry.position().offset();
    int ordinal = held.lastOffset == offset ? held.ordinals : 0;
    touch(held);
    out.begin(entry.position(), held.key, entry.at(), ordinal);
    try {
      held.state = Objects.requireNonNull(stage.apply(held.state, entry, out), "state");
      held.ordinals = out.end();
      held.lastOffset = offset;
      held.muted = false;
      held.stepsSinceBase++;
    } catch (Exception | StackOverflowError e) {
      // Boundary: a stage that fails costs this entry, not the partition.
      out.takeBack();
      startAgain(held, index, index + 1);
      skipped.skipped(entry, held.key, e, out);
    }
  }

  /**
   * @param offset where a device stands that was never seen
   */
  private void ticks(Held<S> held, long until, int index, long offset, Outputs out) {
    try {
      int here = 0;
      long last = Stage.NEVER;
      for (long at = wakeAt(held); at <= until && at != Stage.NEVER; at = wakeAt(held)) {
        here = at == last ? here + 1 : 0;
        last = at;
        if (here > MAX_TICKS_AT_ONE_MOMENT) {
          throw new IllegalStateException("tick leaves wakeAt at " + at);
        }
        touch(held);
        long cause = held.isNew() ? offset : held.lastOffset;
        out.begin(new Position(lane, partition, cause), held.key, at, held.ordinals);
        held.state = Objects.requireNonNull(stage.tick(held.state, held.key, at, out), "state");
        held.lastOffset = cause;
        held.ordinals = out.end();
        held.stepsSinceBase++;
      }
    } catch (Exception | StackOverflowError e) {
      // Boundary: a stage that fails costs this tick, and its device waits for its next entry.
      out.takeBack();
      held.muted = true;
      touch(held);
      startAgain(held, index, index);
      skipped.skipped(null, held.key, e, out);
    }
  }

  /** Makes the state again as it was before the step that failed, which was at {@code index}. */
  private void startAgain(Held<S> held, int index, int nextIndex) {
    byte[] base = held.base;
    S state = base == null ? savedState(held.key) : stage.codec().decode(base);
    boolean muted = held.baseMuted;
    int left = held.stepsSinceBase;
    for (int i = held.baseIndex; i <= index && i < batch.size() && left > 0; i++) {
      Entry<I> entry = batch.get(i);
      if (!entry.key().equals(held.key)) {
        continue;
      }
      while (left > 0 && !muted && stage.wakeAt(state) <= entry.at()) {
        state = stage.tick(state, held.key, stage.wakeAt(state), NOWHERE);
        left--;
      }
      if (left > 0) {
        state = stage.apply(state, entry, NOWHERE);
        muted = false;
        left--;
      }
    }
    for (; left > 0; left--) {
      state = stage.tick(state, held.key, stage.wakeAt(state), NOWHERE);
    }
    held.state = state;
    startFrom(held, nextIndex);
  }

  private void startFrom(Held<S> held, int nextIndex) {
    held.base = stage.codec().encode(held.state);
    held.baseMuted = held.muted;
    held.baseIndex = nextIndex;
    held.stepsSinceBase = 0;
  }

  // The state cannot be written: no step of this pass can be told to be the cause, so none counts.
  // Sinks may have had values of them already; lanes have not.
  private void voidAll(Held<S> held, Throwable cause, Outputs out) {
    out.takeBackAll(held.key);
    Held<S> before = load(held.key);
    held.state = before.state;
    held.lastOffset = before.lastOffset;
    held.ordinals = before.ordinals;
    held.muted = true;
    boolean byEntry = false;
    for (Entry<I> entry : batch) {
      if (entry.key().equals(held.key)) {
        byEntry = true;
        skipped.skipped(entry, held.key, cause, out);
      }
    }
    if (!byEntry) {
      skipped.skipped(null, held.key, cause, out);
    }
  }

  private long wakeAt(Held<S> held) {
    return held.muted ? Stage.NEVER : stage.wakeAt(held.state);
  }

  private void touch(Held<S> held) {
    if (!held.touched) {
      held.touched = true;
      touched.add(held);
    }
  }

  private Held<S> hold(DeviceId key) {
    Held<S> known = cache.get(key);
    if (known != null) {
      return known;
    }
    Held<S> held = load(key);
    cache.put(key, held);
    return held;
  }

  private Held<S> load(DeviceId key) {
    byte[] record = saved.apply(key);
    if (record == null) {
      return new Held<>(key, stage.initial(key));
    }
    Held<S> held = new Held<>(key, stage.codec().decode(Held.encodedState(record)));
    held.readHead(record);
    return held;
  }

  private S savedState(DeviceId key) {
    return load(key).state;
  }
}
