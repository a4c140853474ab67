package io.foretell.ingest.history;

import java.util.Arrays;

/**
 * Samples of one signal that is still growing, in order of time, one a moment: of two samples of
 * one moment the one that was put later stays. Not safe for use by several threads.
 */
public final class SampleBuffer {
  private static final int LEAST = 4;

  private long[] times;
  private double[] values;
  private int size;

  /** An empty buffer. */
  public SampleBuffer() {
    times = new long[LEAST];
    values = new double[LEAST];
  }

  /** A buffer that begins with some samples. */
  public SampleBuffer(Samples samples) {
    size = samples.size();
    times = Arrays.copyOf(samples.times(), Math.max(LEAST, size));
    values = Arrays.copyOf(samples.values(), Math.max(LEAST, size));
  }

  /** Puts a sample to its place. */
  public void put(long time, double value) {
    int at = size;
    if (size > 0 && time <= times[size - 1]) {
      at = Arrays.binarySearch(times, 0, size, time);
      if (at >= 0) {
        values[at] = value;
        return;
      }
      at = -at - 1;
    }
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    if (at < size) {
      System.arraycopy(times, at, times, at + 1, size - at);
      System.arraycopy(values, at, values, at + 1, size - at);
    }
    times[at] = time;
    values[at] = value;
    size++;
  }

  /** How many samples there are. */
  public int size() {
    return size;
  }

  /** Bytes of memory that its columns take. */
  public int footprint() {
    return times.length * (Long.BYTES + Double.BYTES);
  }

  /** A copy of all. */
  public Samples samples() {
    return new Samples(Arrays.copyOf(times, size), Arrays.copyOf(values, size));
  }

  /** Time of a sample. */
  public long time(int index) {
    return times[index];
  }

  /** Value of a sample. */
  public double value(int index) {
    return values[index];
  }

  /** Empties it and gives its memory back. */
  public void clear() {
    size = 0;
    times = new long[LEAST];
    values = new double[LEAST];
  }
}
