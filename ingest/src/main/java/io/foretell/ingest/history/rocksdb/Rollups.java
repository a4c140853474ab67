package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.BucketCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The buckets of one series as they change in one batch: pages of up to {@value #PAGE} buckets of
 * one width, each filed under where it begins.
 */
final class Rollups {
  /** So many widths of buckets make a page. */
  static final int PAGE = 256;

  private record Page(long width, long begin) implements Comparable<Page> {
    @Override
    public int compareTo(Page other) {
      int byWidth = Long.compare(width, other.width);
      return byWidth != 0 ? byWidth : Long.compare(begin, other.begin);
    }
  }

  private final Store store;
  private final int id;
  private final Map<Page, TreeMap<Long, Bucket>> changed = new TreeMap<>();

  Rollups(Store store, int id) {
    this.store = store;
    this.id = id;
  }

  /** Folds a bucket into that of its place. */
  void add(Bucket bucket) throws RocksDBException {
    page(bucket).merge(bucket.t(), bucket, Bucket::plus);
  }

  /** Puts a bucket in its place, whatever is there. */
  void set(Bucket bucket) throws RocksDBException {
    page(bucket).put(bucket.t(), bucket);
  }

  /** Takes out the bucket of that place, as it is by now. */
  @Nullable Bucket take(Bucket bucket) throws RocksDBException {
    return page(bucket).remove(bucket.t());
  }

  private TreeMap<Long, Bucket> page(Bucket bucket) throws RocksDBException {
    Page page = new Page(bucket.width(), begin(bucket.t(), bucket.width()));
    TreeMap<Long, Bucket> known = changed.get(page);
    if (known == null) {
      known = new TreeMap<>();
      byte[] bytes = store.db.get(store.rollups, Store.rollupKey(id, page.width(), page.begin()));
      if (bytes != null) {
        for (Bucket kept : BucketCodec.decode(bytes, page.width())) {
          known.put(kept.t(), kept);
        }
      }
      changed.put(page, known);
    }
    return known;
  }

  /** Puts what has changed into a batch. */
  void into(WriteBatch batch) throws RocksDBException {
    for (Map.Entry<Page, TreeMap<Long, Bucket>> entry : changed.entrySet()) {
      byte[] key = Store.rollupKey(id, entry.getKey().width(), entry.getKey().begin());
      Collection<Bucket> buckets = entry.getValue().values();
      if (buckets.isEmpty()) {
        batch.delete(store.rollups, key);
      } else {
        batch.put(store.rollups, key, BucketCodec.encode(List.copyOf(buckets)));
      }
    }
  }

  private static long begin(long t, long width) {
    long span = width * PAGE;
    return Math.floorDiv(t, span) * span;
  }

  /** The buckets of a width that begin before a moment, of so many pages at most. */
  static List<Bucket> before(Store store, int id, long width, long until, int pages) {
    List<Bucket> found = new ArrayList<>();
    try (RocksIterator iterator = store.db.newIterator(store.rollups)) {
      iterator.seek(Store.rollupKey(id, width, 0));
      for (int n = 0; n < pages && within(iterator, id, width, until); n++) {
        for (Bucket bucket : BucketCodec.decode(iterator.value(), width)) {
          if (bucket.t() < until) {
            found.add(bucket);
          }
        }
        iterator.next();
      }
    }
    return found;
  }

  private static boolean within(RocksIterator iterator, int id, long width, long until) {
    return iterator.isValid()
        && Store.isRollup(iterator.key(), id)
        && Store.width(iterator.key()) == width
        && Store.begin(iterator.key()) < until;
  }

  /** The buckets of all widths in a range; at least the first {@code limit} of it. */
  static List<Bucket> read(RocksIterator iterator, int id, long since, long until, int limit) {
    List<Bucket> found = new ArrayList<>();
    iterator.seek(Store.rollupKey(id, 1, 0));
    while (iterator.isValid() && Store.isRollup(iterator.key(), id)) {
      long width = Store.width(iterator.key());
      readWidth(iterator, id, width, since, until, limit, found);
      iterator.seek(Store.rollupKey(id, width + 1, 0));
    }
    found.sort(java.util.Comparator.comparingLong(Bucket::t));
    return found.size() > limit ? List.copyOf(found.subList(0, limit)) : found;
  }

  /** Gives the buckets of all widths, one width after the other, each in order of time. */
  static void each(RocksIterator iterator, int id, Consumer<Bucket> to) {
    iterator.seek(Store.rollupKey(id, 1, 0));
    for (; iterator.isValid() && Store.isRollup(iterator.key(), id); iterator.next()) {
      BucketCodec.decode(iterator.value(), Store.width(iterator.key())).forEach(to);
    }
  }

  private static void readWidth(
      RocksIterator iterator,
      int id,
      long width,
      long since,
      long until,
      int limit,
      List<Bucket> found) {
    int most = found.size() + Math.min(limit, Integer.MAX_VALUE - found.size());
    iterator.seek(Store.rollupKey(id, width, Math.max(0, begin(Math.max(0, since), width))));
    while (found.size() < most && within(iterator, id, width, until)) {
      for (Bucket bucket : BucketCodec.decode(iterator.value(), width)) {
        if (bucket.t() >= since && bucket.t() < until && found.size() < most) {
          found.add(bucket);
        }
      }
      iterator.next();
    }
  }

  /** The bucket with the latest sample, or null. */
  static @Nullable Bucket newest(RocksIterator iterator, int id) {
    Bucket newest = null;
    iterator.seek(Store.rollupKey(id, 1, 0));
    while (iterator.isValid() && Store.isRollup(iterator.key(), id)) {
      long width = Store.width(iterator.key());
      iterator.seekForPrev(Store.rollupKey(id, width, Long.MAX_VALUE));
      List<Bucket> page = BucketCodec.decode(iterator.value(), width);
      Bucket last = page.get(page.size() - 1);
      newest = newest == null || last.lastAt() > newest.lastAt() ? last : newest;
      iterator.seek(Store.rollupKey(id, width + 1, 0));
    }
    return newest;
  }
}
