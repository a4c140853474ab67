package io.foretell.ingest.history;

/**
 * Samples of one signal, as parallel columns that nobody changes.
 *
 * @param times ms since 1970, strictly ascending
 * @param values as long as {@code times}
 */
public record Samples(long[] times, double[] values) {
  /** No samples. */
  public static final Samples NONE = new Samples(new long[0], new double[0]);

  /** How many there are. */
  public int size() {
    return times.length;
  }

  /** The earliest time; there is at least one sample. */
  public long first() {
    return times[0];
  }

  /** The latest time; there is at least one sample. */
  public long last() {
    return times[times.length - 1];
  }
}
