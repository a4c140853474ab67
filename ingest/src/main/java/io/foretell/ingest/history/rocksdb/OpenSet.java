package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.ChunkCodec;
import io.foretell.ingest.history.SampleBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/*
 * Design note. A chunk is written once, when it is full; until then its samples are in memory, and
 * in the journal for after a crash. A journal record can go when each of its samples is in a chunk
 * or in a tail (the buffer of a series as it is, in compressed form). Series that fill their chunks
 * soon need no tail at all; for slow ones a tail is written when they hold back more than half of
 * the journal's limit, oldest first, a few with each commit, so that no commit takes long. So a
 * sample is written once to the journal, once in a chunk, and about once in tails.
 *
 * A crash between any two writes is harmless: a batch of RocksDB is all or nothing, and reading a
 * record anew that is in chunks already changes nothing, because what remains of the journal is
 * always its end: for each moment the last that was written wins again.
 */
/** The series that are being written, and what of them is in memory alone. For one thread. */
final class OpenSet implements Journal.Visitor {
  /** A buffer of so many samples becomes a chunk. */
  static final int CHUNK = 128;

  private record Dirty(OpenSeries series, long since, long offset) {}

  /** What the journal calls by an id; before is 0 where nothing of it was folded. */
  private record Replayed(SeriesKey key, long before, long cutoff) {}

  private final Store store;
  private final Sealer sealer;
  private final Journal journal;
  private final long mostMemory;
  private final long mostJournal;

  // In the order of their last use.
  private final LinkedHashMap<SeriesKey, OpenSeries> open = new LinkedHashMap<>(256, 0.75f, true);
  private final ArrayDeque<Dirty> dirty = new ArrayDeque<>();
  private final List<OpenSeries> touched = new ArrayList<>();
  private final Map<Integer, Optional<Replayed>> replayed = new HashMap<>();
  private long footprint;
  private int nextId;
  private final WriteBatch batch = new WriteBatch();

  OpenSet(Store store, long mostMemory, long mostJournal) throws RocksDBException {
    this.store = store;
    this.sealer = new Sealer(store);
    this.journal = new Journal(store);
    this.mostMemory = mostMemory;
    this.mostJournal = mostJournal;
    byte[] lastId = store.lastKey(store.names);
    this.nextId = Math.max(store.idFloor(), lastId == null ? 0 : Store.id(lastId) + 1);
    journal.replay(this);
    replayed.clear();
  }

  /** The series where it is open. */
  @Nullable OpenSeries peek(SeriesKey key) {
    return open.get(key);
  }

  /** Takes samples of a series into the commit at hand. */
  void put(SeriesKey key, long[] times, double[] values) throws RocksDBException {
    OpenSeries series = series(key);
    journal.add(series.id, times, values);
    for (int i = 0; i < times.length; i++) {
      put(series, times[i], values[i]);
    }
  }

  /** Writes buckets of a series, each instead of the one in its place. */
  void put(SeriesKey key, List<Bucket> buckets) throws RocksDBException {
    Rollups rollups = new Rollups(store, series(key).id);
    for (Bucket bucket : buckets) {
      rollups.set(bucket);
    }
    rollups.into(batch);
    write();
  }

  /** Writes the commit at hand; it is on disk after {@link Store#sync}. */
  void commit() throws RocksDBException {
    journal.finish(batch);
    settle();
  }

  /** Writes all that is in memory alone and drops the journal. */
  void flush() throws RocksDBException {
    for (OpenSeries series : open.values()) {
      if (series.dirtySince != OpenSeries.CLEAN) {
        writeTail(series);
      }
    }
    journal.dropBefore(journal.number(), batch);
    write();
  }

  /** Bytes of memory that open series take, roughly. */
  long footprint() {
    return footprint;
  }

  void close() {
    batch.close();
  }

  @Override
  public void sample(int id, long time, double value) throws RocksDBException {
    Optional<Replayed> known = replayed.get(id);
    if (known == null) {
      known = known(id);
      replayed.put(id, known);
    }
    if (known.isPresent()
        && (journal.number() >= known.get().before() || time >= known.get().cutoff())) {
      put(series(known.get().key()), time, value);
    }
  }

  private Optional<Replayed> known(int id) throws RocksDBException {
    byte[] name = store.db.get(store.names, Store.idKey(id));
    if (name == null && id < store.idFloor()) {
      return Optional.empty();
    }
    if (name == null) {
      throw new RocksDBException("series " + id + " has no name");
    }
    byte[] mark = store.db.get(store.rollups, Store.markKey(id));
    ByteBuffer folded = ByteBuffer.wrap(mark == null ? new byte[16] : mark);
    return Optional.of(new Replayed(SeriesKey.ofBytes(name), folded.getLong(), folded.getLong()));
  }

  /** Files the samples of a series that are in no chunk, where one of them is before a moment. */
  boolean sealBefore(SeriesKey key, int id, long time) throws RocksDBException {
    OpenSeries series = open.get(key);
    if (series == null) {
      byte[] tail = store.db.get(store.tails, Store.idKey(id));
      if (tail == null || ChunkCodec.decode(tail).first() >= time) {
        return false;
      }
      series = series(key);
    }
    if (series.buffer.size() == 0 || series.buffer.time(0) >= time) {
      return false;
    }
    sealer.seal(series, batch);
    footprint += series.footprint() - series.counted;
    series.counted = series.footprint();
    write();
    return true;
  }

  /**
   * Notes that of the records of the journal so far, all of a series before a moment was folded.
   */
  void mark(int id, long cutoff, WriteBatch into) throws RocksDBException {
    byte[] mark = ByteBuffer.allocate(16).putLong(journal.number()).putLong(cutoff).array();
    into.put(store.rollups, Store.markKey(id), mark);
    store.journalFloor(journal.number(), into);
  }

  /** Learns again what chunks a series has. */
  void refresh(SeriesKey key) {
    OpenSeries series = open.get(key);
    if (series != null) {
      series.sealedLast = OpenSeries.NONE;
      series.sealedSize = 0;
      sealer.load(series);
    }
  }

  /** Forgets a series of which nothing is left. */
  void removeWhereEmpty(SeriesKey key, int id) throws RocksDBException {
    OpenSeries series = open.get(key);
    boolean empty =
        (series == null || series.buffer.size() == 0)
            && store.db.get(store.tails, Store.idKey(id)) == null
            && store.none(store.chunks, id)
            && store.none(store.rollups, id, Store.rollupKey(id, 1, 0));
    if (empty) {
      remove(key, id);
      write();
    }
  }

  /** Takes out all of a series; the journal is free of it after {@link #flush}. */
  void erase(SeriesKey key, int id) throws RocksDBException {
    remove(key, id);
    write();
  }

  private void remove(SeriesKey key, int id) throws RocksDBException {
    byte[] from = Store.idKey(id);
    byte[] to = Store.idKey(id + 1);
    batch.delete(store.series, key.toBytes());
    batch.delete(store.names, from);
    batch.delete(store.tails, from);
    batch.deleteRange(store.chunks, from, to);
    batch.deleteRange(store.rollups, from, to);
    store.idFloor(nextId, batch);
    OpenSeries series = open.remove(key);
    if (series != null) {
      footprint -= series.counted;
      series.dirtySince = OpenSeries.CLEAN;
    }
  }

  @Override
  public void endOfRecord() throws RocksDBException {
    settle();
  }

  private void put(OpenSeries series, long time, double value) {
    series.buffer.put(time, value);
    if (!series.touched) {
      series.touched = true;
      touched.add(series);
    }
    if (series.dirtySince == OpenSeries.CLEAN) {
      series.dirtySince = journal.number();
      dirty.add(new Dirty(series, journal.number(), journal.writtenBytes()));
    }
  }

  private OpenSeries series(SeriesKey key) throws RocksDBException {
    OpenSeries series = open.get(key);
    if (series == null) {
      series = load(key);
      open.put(key, series);
    }
    return series;
  }

  private OpenSeries load(SeriesKey key) throws RocksDBException {
    byte[] name = key.toBytes();
    byte[] id = store.db.get(store.series, name);
    if (id == null) {
      byte[] newId = Store.idKey(nextId);
      batch.put(store.series, name, newId);
      batch.put(store.names, newId, name);
      return new OpenSeries(key, nextId++, new SampleBuffer());
    }
    byte[] tail = store.db.get(store.tails, id);
    SampleBuffer buffer =
        tail == null ? new SampleBuffer() : new SampleBuffer(ChunkCodec.decode(tail));
    OpenSeries series = new OpenSeries(key, Store.id(id), buffer);
    series.hasTail = tail != null;
    sealer.load(series);
    return series;
  }

  private void settle() throws RocksDBException {
    for (OpenSeries series : touched) {
      if (series.buffer.size() >= CHUNK) {
        sealer.seal(series, batch);
      }
      series.touched = false;
      footprint += series.footprint() - series.counted;
      series.counted = series.footprint();
    }
    relieveJournal(16 + 2 * touched.size());
    touched.clear();
    relieveMemory();
    write();
  }

  private void relieveJournal(int soft) throws RocksDBException {
    int left = soft;
    long needed = 0;
    while (!dirty.isEmpty()) {
      Dirty oldest = dirty.element();
      if (oldest.series().dirtySince == oldest.since()) {
        needed = journal.writtenBytes() - oldest.offset();
        if (needed <= mostJournal / 2 || (needed <= mostJournal && left-- <= 0)) {
          break;
        }
        writeTail(oldest.series());
      }
      dirty.remove();
      needed = 0;
    }
    if (journal.liveBytes() - needed > mostJournal / 8) {
      journal.dropBefore(dirty.isEmpty() ? journal.number() : dirty.element().since(), batch);
    }
  }

  private void relieveMemory() throws RocksDBException {
    Iterator<OpenSeries> leastRecent = open.values().iterator();
    while (footprint > mostMemory && leastRecent.hasNext()) {
      OpenSeries series = leastRecent.next();
      if (series.buffer.size() >= Sealer.SMALL) {
        sealer.seal(series, batch);
      } else if (series.dirtySince != OpenSeries.CLEAN) {
        writeTail(series);
      }
      footprint -= series.counted;
      leastRecent.remove();
    }
  }

  private void writeTail(OpenSeries series) throws RocksDBException {
    batch.put(store.tails, Store.idKey(series.id), ChunkCodec.encode(series.buffer.samples()));
    series.hasTail = true;
    series.dirtySince = OpenSeries.CLEAN;
  }

  private void write() throws RocksDBException {
    store.write(batch);
    batch.clear();
  }
}
