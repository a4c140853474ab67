package io.foretell.diagnostics.predict;

import io.foretell.diagnostics.packed.Packer;
import io.foretell.diagnostics.packed.Unpacker;
import io.foretell.proto.InvalidInputException;
import io.foretell.proto.ReasonCode;
import java.util.Arrays;

/**
 * Regression trees that are summed up, as flat arrays: a node's children stand side by side.
 *
 * <pre>
 *   feature[n] &lt; 0   leaf
 *   otherwise        row[feature[n]] &lt;= threshold[n] ? child[n] : child[n] + 1
 *   value[n]         what the tree says at that node: of a leaf, its answer; of an inner node, the
 *                    mean of the training rows that came through
 * </pre>
 */
final class Trees {
  private final float base;
  private final int[] roots;
  private final short[] feature;
  private final float[] threshold;
  private final int[] child;
  private final float[] value;

  Trees(float base, int[] roots, short[] feature, float[] threshold, int[] child, float[] value) {
    this.base = base;
    this.roots = roots;
    this.feature = feature;
    this.threshold = threshold;
    this.child = child;
    this.value = value;
  }

  /** The sum of all trees for a row of features. */
  double predict(float[] row) {
    double sum = base;
    for (int root : roots) {
      int node = root;
      while (feature[node] >= 0) {
        node = child[node] + (row[feature[node]] <= threshold[node] ? 0 : 1);
      }
      sum += value[node];
    }
    return sum;
  }

  /**
   * Adds to {@code contributions} what each feature did to the prediction: the change of the node's
   * value along the way, booked on the feature that was asked (Saabas 2014).
   */
  void explain(float[] row, double[] contributions) {
    for (int root : roots) {
      int node = root;
      while (feature[node] >= 0) {
        int next = child[node] + (row[feature[node]] <= threshold[node] ? 0 : 1);
        contributions[feature[node]] += value[next] - value[node];
        node = next;
      }
    }
  }

  int count() {
    return roots.length;
  }

  void pack(Packer out) {
    out.real32(base).count(roots.length);
    int before = 0;
    for (int root : roots) {
      out.count(root - before);
      before = root;
    }
    out.count(feature.length);
    for (int n = 0; n < feature.length; n++) {
      out.number(feature[n]).real32(value[n]);
      if (feature[n] >= 0) {
        out.real32(threshold[n]).count(child[n] - n);
      }
    }
  }

  static Trees unpack(Unpacker in, int features) {
    float base = in.real32();
    int[] roots = new int[in.length()];
    for (int i = 0, at = 0; i < roots.length; i++) {
      roots[i] = at += in.whole();
    }
    int size = in.length();
    short[] feature = new short[size];
    float[] threshold = new float[size];
    int[] child = new int[size];
    float[] value = new float[size];
    for (int n = 0; n < size; n++) {
      feature[n] = (short) in.integer();
      value[n] = in.real32();
      if (feature[n] >= 0) {
        threshold[n] = in.real32();
        child[n] = n + in.whole();
        check(feature[n] < features && child[n] > n && child[n] + 1 < size);
      }
    }
    check(Arrays.stream(roots).allMatch(r -> r < size));
    return new Trees(base, roots, feature, threshold, child, value);
  }

  private static void check(boolean good) {
    if (!good) {
      throw new InvalidInputException(ReasonCode.WRONG_SHAPE, "a tree that leads nowhere");
    }
  }
}
