package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.ChunkCodec;
import io.foretell.ingest.history.SampleBuffer;
import io.foretell.ingest.history.Samples;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/*
 * Design note. Chunks of a series never overlap, and each is filed under the time of its first
 * sample. Samples that are newer than all chunks, which is nearly always so, become a new chunk
 * without anything being read. Late ones go into the chunk that begins at or before them (or into
 * the first), as far as the next chunk begins, and that chunk is written anew, in pieces where it
 * has become too large. A backlog arrives in order, so each of its buffers rewrites one chunk or
 * two. What a chunk holds already (a batch that came again) rewrites nothing.
 */
/** Turns the buffer of a series into chunks. */
final class Sealer {
  /** A chunk of fewer samples takes up what comes next. */
  static final int SMALL = 48;

  /** A chunk of more samples is split. */
  static final int LARGE = 256;

  private final Store store;

  Sealer(Store store) {
    this.store = store;
  }

  /** A chunk, and where the one after it begins. */
  private record Found(long key, Samples samples, long nextKey) {}

  /** Files all samples of the buffer and empties it. The batch has no chunk of this series yet. */
  void seal(OpenSeries series, WriteBatch batch) throws RocksDBException {
    Samples samples = series.buffer.samples();
    int at = 0;
    while (at < samples.size()) {
      boolean newest = samples.times()[at] > series.sealedLast;
      if (newest && (series.sealedLast == OpenSeries.NONE || series.sealedSize >= SMALL)) {
        put(series, samples, at, samples.size(), batch);
        at = samples.size();
      } else {
        at = merge(series, samples, at, batch);
      }
    }
    if (series.hasTail) {
      batch.delete(store.tails, Store.idKey(series.id));
      series.hasTail = false;
    }
    series.buffer.clear();
    series.dirtySince = OpenSeries.CLEAN;
  }

  /** Reads where the newest chunk of a series ends. */
  void load(OpenSeries series) {
    try (RocksIterator iterator = store.db.newIterator(store.chunks)) {
      iterator.seekForPrev(Store.chunkKey(series.id, Long.MAX_VALUE));
      if (iterator.isValid() && Store.id(iterator.key()) == series.id) {
        Samples newest = ChunkCodec.decode(iterator.value());
        endsAt(series, newest.last(), newest.values()[newest.size() - 1], newest.size());
      }
    }
  }

  private int merge(OpenSeries series, Samples samples, int from, WriteBatch batch)
      throws RocksDBException {
    Found found = find(series.id, samples.times()[from]);
    if (found == null) {
      throw new RocksDBException("series " + series.id + " has lost its chunks");
    }
    int to = from;
    SampleBuffer merged = new SampleBuffer(found.samples());
    boolean changed = false;
    while (to < samples.size() && samples.times()[to] < found.nextKey()) {
      changed |= !holds(found.samples(), samples.times()[to], samples.values()[to]);
      merged.put(samples.times()[to], samples.values()[to]);
      to++;
    }
    if (changed) {
      if (merged.time(0) != found.key()) {
        batch.delete(store.chunks, Store.chunkKey(series.id, found.key()));
      }
      put(series, merged.samples(), 0, merged.size(), batch);
    }
    return to;
  }

  private static boolean holds(Samples samples, long time, double value) {
    int at = Arrays.binarySearch(samples.times(), time);
    return at >= 0
        && Double.doubleToRawLongBits(samples.values()[at]) == Double.doubleToRawLongBits(value);
  }

  private void put(OpenSeries series, Samples samples, int from, int to, WriteBatch batch)
      throws RocksDBException {
    int pieces = (to - from + LARGE - 1) / LARGE;
    for (int piece = 0; piece < pieces; piece++) {
      int begin = from + (int) ((long) (to - from) * piece / pieces);
      int end = from + (int) ((long) (to - from) * (piece + 1) / pieces);
      batch.put(
          store.chunks,
          Store.chunkKey(series.id, samples.times()[begin]),
          ChunkCodec.encode(samples, begin, end));
      long last = samples.times()[end - 1];
      if (last >= series.sealedLast) {
        endsAt(series, last, samples.values()[end - 1], end - begin);
      }
    }
  }

  private static void endsAt(OpenSeries series, long time, double value, int size) {
    series.sealedLast = time;
    series.sealedLastValue = value;
    series.sealedSize = size;
  }

  /** The chunk that begins at or before a time, or else the first. */
  private @Nullable Found find(int id, long time) {
    try (RocksIterator iterator = store.db.newIterator(store.chunks)) {
      iterator.seekForPrev(Store.chunkKey(id, time));
      if (!at(iterator, id)) {
        iterator.seek(Store.chunkKey(id, 0));
        if (!at(iterator, id)) {
          return null;
        }
      }
      long key = Store.time(iterator.key());
      Samples samples = ChunkCodec.decode(iterator.value());
      iterator.next();
      return new Found(
          key, samples, at(iterator, id) ? Store.time(iterator.key()) : Long.MAX_VALUE);
    }
  }

  private static boolean at(RocksIterator iterator, int id) {
    return iterator.isValid() && Store.id(iterator.key()) == id;
  }
}
