package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.AgeingHistory;
import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.ChunkCodec;
import io.foretell.ingest.history.Samples;
import io.foretell.proto.DeviceId;
import io.foretell.proto.History.Sample;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * One question to the history. It looks at the open samples and begins to look at the chunks under
 * one lock, so that it sees every sample that moves from the one to the other.
 */
final class Reader {
  private final Store store;
  private final OpenSet open;
  private final ReentrantLock memory;

  Reader(Store store, OpenSet open, ReentrantLock memory) {
    this.store = store;
    this.open = open;
    this.memory = memory;
  }

  /** All series, in the order of their keys. */
  List<SeriesKey> series() {
    List<SeriesKey> all = new ArrayList<>();
    try (RocksIterator iterator = store.db.newIterator(store.series)) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        all.add(SeriesKey.ofBytes(iterator.key()));
      }
    }
    return all;
  }

  List<String> signals(DeviceId device) {
    List<String> signals = new ArrayList<>();
    byte[] prefix = SeriesKey.prefixOf(device);
    try (RocksIterator iterator = store.db.newIterator(store.series)) {
      for (iterator.seek(prefix); iterator.isValid(); iterator.next()) {
        byte[] key = iterator.key();
        if (key.length < prefix.length
            || !Arrays.equals(prefix, 0, prefix.length, key, 0, prefix.length)) {
          break;
        }
        signals.add(
            new String(key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8));
      }
    }
    return signals;
  }

  List<SeriesKey> series(DeviceId device) {
    return signals(device).stream().map(signal -> new SeriesKey(device, signal)).toList();
  }

  List<Sample> latest(DeviceId device) throws RocksDBException {
    List<Sample> latest = new ArrayList<>();
    for (String signal : signals(device)) {
      Sample newest = newest(new SeriesKey(device, signal));
      if (newest != null) {
        latest.add(newest);
      }
    }
    return latest;
  }

  List<Sample> read(SeriesKey key, long since, long until, int limit) throws RocksDBException {
    return read(key, since, until, limit, true);
  }

  /** The same of what is in no bucket. */
  List<Sample> samples(SeriesKey key, long since, long until, int limit) throws RocksDBException {
    return read(key, since, until, limit, false);
  }

  private List<Sample> read(SeriesKey key, long since, long until, int limit, boolean merged)
      throws RocksDBException {
    if (limit <= 0 || since >= until) {
      return List.of();
    }
    RocksIterator iterator;
    RocksIterator rollups;
    Samples tail;
    int id;
    memory.lock();
    try {
      OpenSeries series = open.peek(key);
      Integer known = series == null ? idOf(key) : Integer.valueOf(series.id);
      if (known == null) {
        return List.of();
      }
      id = known;
      tail = series == null ? tailOf(id) : series.buffer.samples();
      iterator = store.db.newIterator(store.chunks);
      rollups = store.db.newIterator(store.rollups);
    } finally {
      memory.unlock();
    }
    try (iterator;
        rollups) {
      List<Sample> raw = new Range(key.signal(), since, until, limit, tail).read(iterator, id);
      return merged
          ? AgeingHistory.merged(
              key.signal(), raw, Rollups.read(rollups, id, since, until, limit), limit)
          : raw;
    }
  }

  List<Bucket> buckets(SeriesKey key, long since, long until, int limit) throws RocksDBException {
    Integer id = idOf(key);
    if (id == null || limit <= 0 || since >= until) {
      return List.of();
    }
    try (RocksIterator rollups = store.db.newIterator(store.rollups)) {
      return Rollups.read(rollups, id, since, until, limit);
    }
  }

  void eachBucket(SeriesKey key, Consumer<Bucket> to) throws RocksDBException {
    Integer id = idOf(key);
    if (id != null) {
      try (RocksIterator rollups = store.db.newIterator(store.rollups)) {
        Rollups.each(rollups, id, to);
      }
    }
  }

  private @Nullable Sample newest(SeriesKey key) throws RocksDBException {
    memory.lock();
    try {
      OpenSeries series = open.peek(key);
      if (series == null) {
        Integer id = idOf(key);
        if (id == null) {
          return null;
        }
        return later(key.signal(), id, tailOf(id), newestChunk(id));
      }
      Samples sealed =
          series.sealedLast == OpenSeries.NONE
              ? Samples.NONE
              : new Samples(new long[] {series.sealedLast}, new double[] {series.sealedLastValue});
      return later(key.signal(), series.id, series.buffer.samples(), sealed);
    } finally {
      memory.unlock();
    }
  }

  private @Nullable Sample later(String signal, int id, Samples tail, Samples sealed) {
    Bucket bucket;
    try (RocksIterator rollups = store.db.newIterator(store.rollups)) {
      bucket = Rollups.newest(rollups, id);
    }
    boolean inTail = sealed.size() == 0 || (tail.size() > 0 && tail.last() >= sealed.last());
    Samples newer = inTail ? tail : sealed;
    if (bucket != null && (newer.size() == 0 || bucket.lastAt() > newer.last())) {
      return new Sample(signal, bucket.lastAt(), bucket.last());
    }
    return newer.size() == 0
        ? null
        : new Sample(signal, newer.last(), newer.values()[newer.size() - 1]);
  }

  private @Nullable Integer idOf(SeriesKey key) throws RocksDBException {
    byte[] id = store.db.get(store.series, key.toBytes());
    return id == null ? null : Store.id(id);
  }

  private Samples tailOf(int id) throws RocksDBException {
    byte[] tail = store.db.get(store.tails, Store.idKey(id));
    return tail == null ? Samples.NONE : ChunkCodec.decode(tail);
  }

  private Samples newestChunk(int id) {
    try (RocksIterator iterator = store.db.newIterator(store.chunks)) {
      iterator.seekForPrev(Store.chunkKey(id, Long.MAX_VALUE));
      return iterator.isValid() && Store.id(iterator.key()) == id
          ? ChunkCodec.decode(iterator.value())
          : Samples.NONE;
    }
  }

  /** The samples of a range, from chunks and from the tail; of one moment that of the tail. */
  private static final class Range {
    private final String signal;
    private final long since;
    private final long until;
    private final int limit;
    private final Samples tail;
    private int inTail;
    private final List<Sample> found = new ArrayList<>();

    Range(String signal, long since, long until, int limit, Samples tail) {
      this.signal = signal;
      this.since = since;
      this.until = until;
      this.limit = limit;
      this.tail = tail;
      int at = Arrays.binarySearch(tail.times(), since);
      this.inTail = at >= 0 ? at : -at - 1;
    }

    List<Sample> read(RocksIterator iterator, int id) {
      iterator.seekForPrev(Store.chunkKey(id, Math.max(0, since)));
      if (!iterator.isValid() || Store.id(iterator.key()) != id) {
        iterator.seek(Store.chunkKey(id, 0));
      }
      while (iterator.isValid() && Store.id(iterator.key()) == id && chunk(iterator)) {
        iterator.next();
      }
      addTailBefore(until);
      return found;
    }

    /** Takes from a chunk; false where the range or the limit ends in it. */
    private boolean chunk(RocksIterator iterator) {
      if (Store.time(iterator.key()) >= until) {
        return false;
      }
      Samples chunk = ChunkCodec.decode(iterator.value());
      for (int i = 0; i < chunk.size(); i++) {
        long time = chunk.times()[i];
        if (time >= until || found.size() >= limit) {
          return false;
        }
        if (time >= since) {
          addTailBefore(time);
          boolean newer = inTail < tail.size() && tail.times()[inTail] == time;
          add(time, newer ? tail.values()[inTail++] : chunk.values()[i]);
        }
      }
      return true;
    }

    private void addTailBefore(long time) {
      while (inTail < tail.size() && tail.times()[inTail] < time) {
        add(tail.times()[inTail], tail.values()[inTail]);
        inTail++;
      }
    }

    private void add(long time, double value) {
      if (found.size() < limit) {
        found.add(new Sample(signal, time, value));
      }
    }
  }
}
