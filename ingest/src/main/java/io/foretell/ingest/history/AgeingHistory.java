package io.foretell.ingest.history;

import io.foretell.proto.DeviceId;
import io.foretell.proto.History;
import io.foretell.proto.Part;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A history whose old samples become buckets, wider and wider, and go in the end.
 *
 * <p>{@link #read} gives a bucket as a sample at its begin whose value is the mean; {@link
 * #buckets} says what it stands for. {@link #latest} of a signal of which only buckets are left is
 * the last sample that they stand for.
 */
public interface AgeingHistory extends History, Sink<Telemetry>, Part {
  /**
   * The buckets with {@code since <= t < until}, in order of time.
   *
   * @param limit the most to return, from {@code since} on
   */
  List<Bucket> buckets(DeviceId device, String signal, long since, long until, int limit);

  /**
   * Does the next bounded step of ageing; writers wait for it, but never for longer than one step.
   * What it does is done at once or not at all, and may be done again after any failure.
   *
   * @param now ms since 1970
   * @return whether more is to do until all signals have been looked at once
   */
  boolean age(long now);

  /**
   * Takes out all that is there of a device, for good. Nothing of it may be on its way.
   *
   * @return how many samples and buckets that were
   */
  long erase(DeviceId device);

  /**
   * Samples and buckets in order of time, one a moment.
   *
   * @param limit that both were read with, and that holds for both together
   */
  static List<Sample> merged(String signal, List<Sample> raw, List<Bucket> buckets, int limit) {
    if (buckets.isEmpty()) {
      return raw;
    }
    TreeMap<Long, Bucket> byTime = new TreeMap<>();
    buckets.forEach(bucket -> byTime.merge(bucket.t(), bucket, Bucket::plus));
    for (Sample sample : raw) {
      byTime.merge(sample.t(), Bucket.of(sample.t(), sample.value(), 1), Bucket::plus);
    }
    // Where one of them was cut at the limit, the other must not go on alone.
    long end = Long.MAX_VALUE;
    if (raw.size() == limit) {
      end = raw.get(limit - 1).t();
    }
    if (buckets.size() == limit) {
      end = Math.min(end, buckets.get(limit - 1).t());
    }
    List<Sample> merged = new ArrayList<>();
    for (Bucket bucket : byTime.headMap(end, true).values()) {
      if (merged.size() == limit) {
        break;
      }
      merged.add(new Sample(signal, bucket.t(), bucket.mean()));
    }
    return merged;
  }
}
