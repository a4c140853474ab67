package io.foretell.diagnostics.predict;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A table of features with each value replaced by the number of its bin: at most 128 a feature, of
 * about equal numbers of rows.
 *
 * @param edges feature by edge, ascending; a value belongs to the first bin whose edge it does not
 *     exceed, or to the one after the last edge
 * @param bins feature by row
 */
record BinnedTable(float[][] edges, byte[][] bins) {
  private static final int MAX_BINS = 128;

  /**
   * @param rows row by feature
   */
  static BinnedTable of(float[][] rows) {
    int features = rows[0].length;
    float[][] edges = new float[features][];
    byte[][] bins = new byte[features][];
    IntStream.range(0, features)
        .parallel()
        .forEach(
            f -> {
              edges[f] = edges(rows, f);
              bins[f] = bins(rows, f, edges[f]);
            });
    return new BinnedTable(edges, bins);
  }

  int features() {
    return bins.length;
  }

  private static float[] edges(float[][] rows, int feature) {
    float[] sorted = new float[rows.length];
    for (int r = 0; r < rows.length; r++) {
      sorted[r] = rows[r][feature];
    }
    Arrays.sort(sorted);
    float[] edges = new float[MAX_BINS - 1];
    int count = 0;
    for (int b = 1; b < MAX_BINS; b++) {
      int at = (int) ((long) b * sorted.length / MAX_BINS);
      if (at > 0 && sorted[at] > sorted[at - 1]) {
        edges[count++] = between(sorted[at - 1], sorted[at]);
      } else {
        int next = upper(sorted, sorted[at]);
        if (next < sorted.length) {
          edges[count++] = between(sorted[at], sorted[next]);
        }
      }
    }
    return distinct(edges, count);
  }

  /** The middle, or the lower one where there is none between. */
  private static float between(float low, float high) {
    float middle = (float) (((double) low + high) / 2);
    return middle < high ? middle : low;
  }

  private static int upper(float[] sorted, float value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static float[] distinct(float[] edges, int count) {
    Arrays.sort(edges, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (kept == 0 || edges[i] > edges[kept - 1]) {
        edges[kept++] = edges[i];
      }
    }
    return Arrays.copyOf(edges, kept);
  }

  private static byte[] bins(float[][] rows, int feature, float[] edges) {
    byte[] bins = new byte[rows.length];
    for (int r = 0; r < rows.length; r++) {
      int at = Arrays.binarySearch(edges, rows[r][feature]);
      bins[r] = (byte) (at >= 0 ? at : -at - 1);
    }
    return bins;
  }
}
