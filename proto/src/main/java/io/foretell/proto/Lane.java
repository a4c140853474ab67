package io.foretell.proto;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A durable log, partitioned by device: entries of one device stay in the order of their append.
 */
public interface Lane<T> {
  /**
   * Adds a value.
   *
   * @param key the device; decides the partition
   * @param at ms since 1970
   * @return completes when the entry is on disk (after fsync), on a thread that must not be
   *     blocked; fails with {@link LaneUnavailableException} where it cannot be made durable
   */
  CompletionStage<Position> append(DeviceId key, long at, T value);

  /** How many partitions there are. */
  int partitions();

  /**
   * Behind the last durable entry of a partition: its offset and one more; 0 where there was none.
   * No count, and not always the next entry's offset: offsets ascend and may have gaps, as where
   * the marks of transactions take some.
   */
  long end(int partition);

  /** The lowest offset that is still kept. */
  long begin(int partition);

  /** Up to {@code limit} durable entries of a partition, from an offset on, in order. */
  List<Entry<T>> read(int partition, long from, int limit);
}
