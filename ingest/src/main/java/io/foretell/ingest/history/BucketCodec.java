package io.foretell.ingest.history;

import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of buckets of one width: a version byte, then one chunk a column, each after its length
 * in LEB128: count, min, sum, max, last, and when the last was, after the begin of the bucket.
 */
public final class BucketCodec {
  private static final int VERSION = 1;
  private static final int COLUMNS = 6;

  private BucketCodec() {}

  /** The bytes of at least one bucket, in the order of time. */
  public static byte[] encode(List<Bucket> buckets) {
    int n = buckets.size();
    long[] times = new long[n];
    double[][] columns = new double[COLUMNS][n];
    for (int i = 0; i < n; i++) {
      Bucket bucket = buckets.get(i);
      times[i] = bucket.t();
      columns[0][i] = bucket.count();
      columns[1][i] = bucket.min();
      columns[2][i] = bucket.sum();
      columns[3][i] = bucket.max();
      columns[4][i] = bucket.last();
      columns[5][i] = bucket.lastAt() - bucket.t();
    }
    ByteWriter out = new ByteWriter(64 + 8 * n);
    out.put(VERSION);
    for (double[] column : columns) {
      byte[] chunk = ChunkCodec.encode(new Samples(times, column));
      out.putVarint(chunk.length);
      for (byte b : chunk) {
        out.put(b);
      }
    }
    return out.toByteArray();
  }

  /**
   * The buckets of some bytes.
   *
   * @param width that they have, ms
   * @throws io.foretell.proto.InvalidInputException and nothing else, whatever the bytes are
   */
  public static List<Bucket> decode(byte[] bytes, long width) {
    ByteReader in = new ByteReader(bytes);
    int version = in.get();
    if (version != VERSION) {
      throw ByteReader.broken("buckets of version " + version);
    }
    Samples[] columns = new Samples[COLUMNS];
    for (int column = 0; column < COLUMNS; column++) {
      byte[] chunk = new byte[in.getCount(0, in.left())];
      for (int i = 0; i < chunk.length; i++) {
        chunk[i] = (byte) in.get();
      }
      columns[column] = ChunkCodec.decode(chunk);
      if (columns[column].size() != columns[0].size()) {
        throw ByteReader.broken("columns of buckets that differ in length");
      }
    }
    List<Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < columns[0].size(); i++) {
      buckets.add(bucket(columns, i, width));
    }
    return buckets;
  }

  private static Bucket bucket(Samples[] columns, int i, long width) {
    long t = columns[0].times()[i];
    return new Bucket(
        t,
        width,
        (long) columns[0].values()[i],
        columns[1].values()[i],
        columns[2].values()[i],
        columns[3].values()[i],
        columns[4].values()[i],
        t + (long) columns[5].values()[i]);
  }
}
