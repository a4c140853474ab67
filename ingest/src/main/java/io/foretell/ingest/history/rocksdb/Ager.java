package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.ChunkCodec;
import io.foretell.ingest.history.Retention;
import io.foretell.ingest.history.Samples;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/*
 * Design note. What is folded into buckets and the chunks it came from change in one batch, so each
 * sample is in exactly one place, whenever the server ends. The journal may still have samples that
 * a batch has folded; so the batch also says up to which record of the journal, and before which
 * moment, all of the series has been folded, and reading the journal anew passes these over.
 *
 * A sample that arrives late becomes a chunk as any other, and is folded into the bucket of its
 * place in the next round.
 */
/** Makes the old samples of one series after the other coarser, in bounded steps. */
final class Ager {
  private static final int SERIES = 128;
  private static final int CHUNKS = 48;
  private static final int PAGES = 4;

  private final Store store;
  private final OpenSet open;
  private final Retention retention;
  private int next;
  private long removed;

  Ager(Store store, OpenSet open, Retention retention) {
    this.store = store;
    this.open = open;
    this.retention = retention;
  }

  /** Bytes that were taken out since this was last asked. */
  long removed() {
    long bytes = removed;
    removed = 0;
    return bytes;
  }

  /** Does a step; false at the end of a round. */
  boolean step(long now) throws RocksDBException {
    int looked = 0;
    while (looked < SERIES) {
      SeriesKey key;
      int id;
      try (RocksIterator names = store.db.newIterator(store.names)) {
        names.seek(Store.idKey(next));
        if (!names.isValid()) {
          next = 0;
          return false;
        }
        id = Store.id(names.key());
        key = SeriesKey.ofBytes(names.value());
      }
      Retention.Rule rule = retention.of(key.signal());
      if (rule.raw() != Retention.FOREVER && age(key, id, rule, now)) {
        next = id;
        return true;
      }
      next = id + 1;
      looked++;
    }
    return true;
  }

  /** Does some of what is due for a series; true where it did anything. */
  private boolean age(SeriesKey key, int id, Retention.Rule rule, long now)
      throws RocksDBException {
    long cutoff = rule.cutoff(0, now);
    boolean sealed = open.sealBefore(key, id, cutoff);
    boolean changed;
    try (WriteBatch batch = new WriteBatch()) {
      Rollups rollups = new Rollups(store, id);
      changed = fold(id, rule, cutoff, rollups, batch);
      for (int step = 1; step <= rule.levels().size(); step++) {
        changed |= widen(id, rule, step, rule.cutoff(step, now), rollups);
      }
      if (changed) {
        rollups.into(batch);
        open.mark(id, cutoff, batch);
        store.write(batch);
      }
    }
    if (changed) {
      open.refresh(key);
      open.removeWhereEmpty(key, id);
    }
    return sealed || changed;
  }

  private boolean fold(int id, Retention.Rule rule, long cutoff, Rollups rollups, WriteBatch batch)
      throws RocksDBException {
    boolean changed = false;
    try (RocksIterator chunks = store.db.newIterator(store.chunks)) {
      chunks.seek(Store.chunkKey(id, 0));
      for (int n = 0; n < CHUNKS && begins(chunks, id, cutoff); n++) {
        Samples samples = ChunkCodec.decode(chunks.value());
        int at = Arrays.binarySearch(samples.times(), cutoff);
        int end = at >= 0 ? at : -at - 1;
        if (!rule.levels().isEmpty()) {
          long width = rule.levels().get(0).width();
          for (int i = 0; i < end; i++) {
            rollups.add(Bucket.of(samples.times()[i], samples.values()[i], width));
          }
        }
        batch.delete(store.chunks, chunks.key());
        removed += chunks.value().length;
        changed = true;
        if (end < samples.size()) {
          batch.put(
              store.chunks,
              Store.chunkKey(id, samples.times()[end]),
              ChunkCodec.encode(samples, end, samples.size()));
        }
        chunks.next();
      }
    }
    return changed;
  }

  private static boolean begins(RocksIterator chunks, int id, long cutoff) {
    return chunks.isValid() && Store.id(chunks.key()) == id && Store.time(chunks.key()) < cutoff;
  }

  /** Moves old buckets of a level to the next, or drops them behind the last. */
  private boolean widen(int id, Retention.Rule rule, int step, long cutoff, Rollups rollups)
      throws RocksDBException {
    List<Retention.Level> levels = rule.levels();
    List<Bucket> old = Rollups.before(store, id, levels.get(step - 1).width(), cutoff, PAGES);
    for (Bucket bucket : old) {
      Bucket taken = rollups.take(bucket);
      if (taken != null && step < levels.size()) {
        rollups.add(taken.within(levels.get(step).width()));
      }
    }
    removed += old.size() * 8L;
    return !old.isEmpty();
  }
}
