package io.foretell.app.migrate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A count of rows and a digest that does not depend on their order: the sum of the SHA-256 of each,
 * as numbers of 256 bits. Two stores with the same one have the same rows, each as often.
 */
final class Tally {
  private static final int WORDS = 8;
  private static final long MASK = 0xffff_ffffL;

  private final MessageDigest sha256 = sha256();
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
  private final long[] sum = new long[WORDS];
  private long rows;

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** Adds to the row at hand. */
  Tally with(long value) {
    sha256.update(number.clear().putLong(value).array());
    return this;
  }

  /** Adds to the row at hand. */
  Tally with(byte[] value) {
    with(value.length);
    sha256.update(value);
    return this;
  }

  /** Adds to the row at hand; null is another value than an empty text. */
  Tally with(@Nullable String value) {
    return value == null ? with(-1) : with(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Ends the row. */
  void end() {
    end(1);
  }

  /** Ends what counts as so many rows. */
  void end(long count) {
    ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
    long carry = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
      long word = sum[i] + (digest.getInt(i * Integer.BYTES) & MASK) + carry;
      sum[i] = word & MASK;
      carry = word >>> Integer.SIZE;
    }
    rows += count;
  }

  long rows() {
    return rows;
  }

  boolean same(Tally other) {
    return rows == other.rows && Arrays.equals(sum, other.sum);
  }

  String digest() {
    ByteBuffer bytes = ByteBuffer.allocate(WORDS * Integer.BYTES);
    for (long word : sum) {
      bytes.putInt((int) word);
    }
    return HexFormat.of().formatHex(bytes.array());
  }
}
