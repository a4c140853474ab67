package io.foretell.ingest.history;

/**
 * What is left of the samples of a span of time.
 *
 * @param t where the span begins, ms since 1970, a multiple of its width
 * @param width of the span, ms
 * @param count how many samples it stands for, 1 or more
 * @param min the lowest
 * @param sum of all
 * @param max the highest
 * @param last the latest by event time
 * @param lastAt when that was; {@code t} where the store does not know
 */
public record Bucket(
    long t, long width, long count, double min, double sum, double max, double last, long lastAt) {
  /** Of one sample. */
  public static Bucket of(long time, double value, long width) {
    return new Bucket(
        Math.floorDiv(time, width) * width, width, 1, value, value, value, value, time);
  }

  /** The mean of the samples. */
  public double mean() {
    return sum / count;
  }

  /** Both as one. */
  public Bucket plus(Bucket other) {
    boolean later = other.lastAt >= lastAt;
    return new Bucket(
        t,
        width,
        count + other.count,
        Math.min(min, other.min),
        sum + other.sum,
        Math.max(max, other.max),
        later ? other.last : last,
        Math.max(lastAt, other.lastAt));
  }

  /** The same, where it has become known when the last sample was. */
  public Bucket lastAt(long time) {
    return new Bucket(t, width, count, min, sum, max, last, time);
  }

  /** The same as a part of a wider span. */
  public Bucket within(long wider) {
    return new Bucket(Math.floorDiv(t, wider) * wider, wider, count, min, sum, max, last, lastAt);
  }
}
