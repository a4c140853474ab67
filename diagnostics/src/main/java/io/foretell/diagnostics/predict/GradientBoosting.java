package io.foretell.diagnostics.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Fits {@link Trees} to a target by gradient boosting on squared error (Friedman, Annals of
 * Statistics 29, 2001), with histograms of binned features and leaf-wise growth (Ke and others:
 * LightGBM, NIPS 2017). Each tree sees a random share of the rows and of the features. Single
 * threaded, in {@code double}: the same seed gives the same trees on every machine.
 */
final class GradientBoosting {
  private final BinnedTable table;
  private final float[] target;
  private final Settings settings;
  private final SplittableRandom random;

  private final int[] rows;
  private final double[] residual;
  private final Grown grown = new Grown();

  /**
   * @param trees how many
   * @param rate how much of each tree is added, 0–1
   * @param leaves at most, of a tree
   * @param minRows in a leaf
   * @param smoothing rows of value zero that each leaf has besides its own
   * @param rowShare of the rows that a tree sees
   * @param featureShare of the features that a tree sees
   */
  record Settings(
      int trees,
      double rate,
      int leaves,
      int minRows,
      double smoothing,
      double rowShare,
      double featureShare) {}

  private GradientBoosting(
      BinnedTable table, float[] target, int[] rows, Settings settings, long seed) {
    this.table = table;
    this.target = target;
    this.rows = rows;
    this.settings = settings;
    this.random = new SplittableRandom(seed);
    this.residual = new double[target.length];
  }

  /**
   * @param target one a row of the table
   * @param rows those to learn from
   */
  static Trees fit(BinnedTable table, float[] target, int[] rows, Settings settings, long seed) {
    return new GradientBoosting(table, target, rows, settings, seed).fit();
  }

  private Trees fit() {
    double sum = 0;
    for (int r : rows) {
      sum += target[r];
    }
    float base = (float) (sum / rows.length);
    for (int r : rows) {
      residual[r] = target[r] - base;
    }
    int[] roots = new int[settings.trees()];
    for (int t = 0; t < roots.length; t++) {
      roots[t] = grow();
      for (int r : rows) {
        residual[r] -= grown.answer(roots[t], table, r);
      }
    }
    return grown.trees(base, roots);
  }

  private int grow() {
    int[] sample = sampleRows();
    int[] features = sampleFeatures();
    Leaf root = new Leaf(sample, 0, sample.length);
    root.reckon(features);
    root.node = grown.add(root.answer());
    List<Leaf> leaves = new ArrayList<>(List.of(root));
    for (int n = 1; n < settings.leaves(); n++) {
      Leaf best = best(leaves);
      if (best.gain <= 0) {
        break;
      }
      leaves.remove(best);
      best.split(features, leaves);
    }
    return root.node;
  }

  private static Leaf best(List<Leaf> leaves) {
    Leaf best = leaves.get(0);
    for (Leaf leaf : leaves) {
      if (leaf.gain > best.gain) {
        best = leaf;
      }
    }
    return best;
  }

  private int[] sampleRows() {
    int[] sample = new int[rows.length];
    int size = 0;
    for (int r : rows) {
      if (random.nextDouble() < settings.rowShare()) {
        sample[size++] = r;
      }
    }
    return size == 0 ? rows.clone() : Arrays.copyOf(sample, size);
  }

  private int[] sampleFeatures() {
    int all = table.features();
    int wanted = Math.max(1, (int) Math.round(all * settings.featureShare()));
    int[] features = new int[all];
    Arrays.setAll(features, i -> i);
    for (int i = 0; i < wanted; i++) {
      int other = i + random.nextInt(all - i);
      int kept = features[other];
      features[other] = features[i];
      features[i] = kept;
    }
    int[] sample = Arrays.copyOf(features, wanted);
    Arrays.sort(sample);
    return sample;
  }

  /** Rows that are together so far: {@code order[from, to)}. */
  private final class Leaf {
    private final int[] order;
    private final int from;
    private final int to;
    private double[][] sums = {};
    private int[][] counts = {};
    private double sum;
    private int node;
    private double gain;
    private int feature;
    private int bin;

    Leaf(int[] order, int from, int to) {
      this.order = order;
      this.from = from;
      this.to = to;
    }

    float answer() {
      return (float) (settings.rate() * sum / (size() + settings.smoothing()));
    }

    private int size() {
      return to - from;
    }

    void reckon(int[] features) {
      double[] part = new double[size()];
      sum = 0;
      for (int i = 0; i < part.length; i++) {
        part[i] = residual[order[from + i]];
        sum += part[i];
      }
      sums = new double[features.length][];
      counts = new int[features.length][];
      for (int f = 0; f < features.length; f++) {
        histogram(f, table.bins()[features[f]], table.edges()[features[f]].length + 1, part);
      }
      seek(features);
    }

    private void histogram(int f, byte[] bins, int width, double[] part) {
      double[] s = new double[width];
      int[] c = new int[width];
      for (int i = 0; i < part.length; i++) {
        int b = bins[order[from + i]] & 0xFF;
        s[b] += part[i];
        c[b]++;
      }
      sums[f] = s;
      counts[f] = c;
    }

    /** What is left of a parent when the other child is taken off. */
    void reckonFrom(Leaf parent, Leaf other, int[] features) {
      sum = parent.sum - other.sum;
      sums = parent.sums;
      counts = parent.counts;
      for (int f = 0; f < features.length; f++) {
        for (int b = 0; b < sums[f].length; b++) {
          sums[f][b] -= other.sums[f][b];
          counts[f][b] -= other.counts[f][b];
        }
      }
      seek(features);
    }

    /** Finds the split that takes off most squared error. */
    private void seek(int[] features) {
      gain = 0;
      int n = size();
      double whole = sum * sum / (n + settings.smoothing());
      for (int f = 0; f < features.length; f++) {
        double left = 0;
        int l = 0;
        for (int b = 0; b < sums[f].length - 1; b++) {
          left += sums[f][b];
          l += counts[f][b];
          if (n - l < settings.minRows()) {
            break;
          }
          if (l >= settings.minRows()) {
            double right = sum - left;
            double g =
                left * left / (l + settings.smoothing())
                    + right * right / (n - l + settings.smoothing())
                    - whole;
            if (g > gain) {
              gain = g;
              feature = features[f];
              bin = b;
            }
          }
        }
      }
    }

    void split(int[] features, List<Leaf> leaves) {
      byte[] bins = table.bins()[feature];
      int[] right = new int[size()];
      int rights = 0;
      int at = from;
      for (int i = from; i < to; i++) {
        if ((bins[order[i]] & 0xFF) <= bin) {
          order[at++] = order[i];
        } else {
          right[rights++] = order[i];
        }
      }
      System.arraycopy(right, 0, order, at, rights);
      Leaf low = new Leaf(order, from, at);
      Leaf high = new Leaf(order, at, to);
      boolean lowIsSmaller = low.size() <= high.size();
      Leaf smaller = lowIsSmaller ? low : high;
      smaller.reckon(features);
      (lowIsSmaller ? high : low).reckonFrom(this, smaller, features);
      low.node = grown.add(low.answer());
      high.node = grown.add(high.answer());
      grown.split(node, feature, bin, table.edges()[feature][bin], low.node);
      leaves.add(low);
      leaves.add(high);
    }
  }

  /** Nodes as they grow. */
  private static final class Grown {
    private int size;
    private short[] feature = new short[1024];
    private byte[] bin = new byte[1024];
    private float[] threshold = new float[1024];
    private int[] child = new int[1024];
    private float[] value = new float[1024];

    int add(float answer) {
      if (size == feature.length) {
        feature = Arrays.copyOf(feature, 2 * size);
        bin = Arrays.copyOf(bin, 2 * size);
        threshold = Arrays.copyOf(threshold, 2 * size);
        child = Arrays.copyOf(child, 2 * size);
        value = Arrays.copyOf(value, 2 * size);
      }
      feature[size] = -1;
      value[size] = answer;
      return size++;
    }

    void split(int node, int by, int atBin, float edge, int low) {
      feature[node] = (short) by;
      bin[node] = (byte) atBin;
      threshold[node] = edge;
      child[node] = low;
    }

    float answer(int root, BinnedTable table, int row) {
      int node = root;
      while (feature[node] >= 0) {
        boolean low = (table.bins()[feature[node]][row] & 0xFF) <= (bin[node] & 0xFF);
        node = child[node] + (low ? 0 : 1);
      }
      return value[node];
    }

    Trees trees(float base, int[] roots) {
      return new Trees(
          base,
          roots,
          Arrays.copyOf(feature, size),
          Arrays.copyOf(threshold, size),
          Arrays.copyOf(child, size),
          Arrays.copyOf(value, size));
    }
  }
}
