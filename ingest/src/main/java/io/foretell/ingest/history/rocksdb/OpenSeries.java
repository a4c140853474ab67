package io.foretell.ingest.history.rocksdb;

import io.foretell.ingest.history.SampleBuffer;

/**
 * A signal of a device that is being written: its samples that are in no chunk yet, and where its
 * newest chunk ends.
 */
final class OpenSeries {
  /** What {@link #dirtySince} is while the journal is not needed. */
  static final long CLEAN = Long.MAX_VALUE;

  /** What {@link #sealedLast} is before the first chunk. */
  static final long NONE = Long.MIN_VALUE;

  /** What one takes beside its columns: key, strings, map entry. An estimate. */
  static final int OVERHEAD = 300;

  final SeriesKey key;
  final int id;
  final SampleBuffer buffer;

  /** Whether the buffer, as it was once, is also on disk as a tail. */
  boolean hasTail;

  /** The first journal record that holds samples of the buffer that no tail has. */
  long dirtySince = CLEAN;

  /** Whether the commit at hand has put samples. */
  boolean touched;

  /** What the set of open series counts for it. */
  int counted;

  long sealedLast = NONE;
  double sealedLastValue;
  int sealedSize;

  OpenSeries(SeriesKey key, int id, SampleBuffer buffer) {
    this.key = key;
    this.id = id;
    this.buffer = buffer;
  }

  int footprint() {
    return OVERHEAD + buffer.footprint();
  }
}
