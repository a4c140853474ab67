package io.foretell.ingest.history;

import io.foretell.proto.DeviceId;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A history that can be gone through as a whole, and filled with what another one has. */
public interface KeptHistory extends AgeingHistory {
  /** Gives each device and signal that there are samples or buckets of, in any order, once. */
  void eachSeries(BiConsumer<DeviceId, String> to);

  /**
   * The samples of a signal that are kept as they came, from {@code since} on, in order of time.
   * What a step of ageing that was cut off has still to delete is left out.
   *
   * @param limit the most to return
   */
  List<Sample> samples(DeviceId device, String signal, long since, int limit);

  /**
   * Gives all buckets of a signal, whatever the retention says now: one width after the other,
   * finer ones first, each in order of time. Those whose samples are still there as they came,
   * because a step of ageing was cut off, are left out.
   */
  void eachBucket(DeviceId device, String signal, Consumer<Bucket> to);

  /**
   * Puts buckets in their places, each instead of what is there, and returns when they are durable.
   * What they stand for counts as folded: it is not folded again.
   *
   * @param buckets as {@link #eachBucket} gives them; those of a width may come in parts
   */
  void put(DeviceId device, String signal, List<Bucket> buckets);
}
