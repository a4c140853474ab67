package io.foretell.proto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every store of artifacts must do. An adapter's test extends it. */
public abstract class BlobsContract {
  private static final long ROOM = 10_000_000;

  /** The store under test; empty when a test begins, the same object within a test. */
  protected abstract Blobs blobs();

  @Test
  void put_any_bytes_are_named_by_their_sha_256() throws Exception {
    byte[] bytes = "a piece of software".getBytes(UTF_8);

    Digest digest = blobs().put(new ByteArrayInputStream(bytes), ROOM);

    assertThat(digest).isEqualTo(digestOf(bytes));
    assertThat(blobs().size(digest)).hasValue(bytes.length);
    assertThat(read(digest)).isEqualTo(bytes);
  }

  @Test
  void put_more_than_a_buffer_comes_back_whole() throws Exception {
    byte[] bytes = new byte[3_000_017];
    new Random(7).nextBytes(bytes);

    Digest digest = blobs().put(new ByteArrayInputStream(bytes), ROOM);

    assertThat(read(digest)).isEqualTo(bytes);
  }

  @Test
  void put_of_nothing_is_kept_too() throws Exception {
    Digest digest = blobs().put(InputStream.nullInputStream(), ROOM);

    assertThat(digest).isEqualTo(digestOf(new byte[0]));
    assertThat(blobs().size(digest)).hasValue(0);
    assertThat(read(digest)).isEmpty();
  }

  @Test
  void put_twice_is_once() throws Exception {
    byte[] bytes = {1, 2, 3};

    Digest first = blobs().put(new ByteArrayInputStream(bytes), ROOM);
    Digest second = blobs().put(new ByteArrayInputStream(bytes), ROOM);

    assertThat(second).isEqualTo(first);
    assertThat(read(first)).isEqualTo(bytes);
  }

  @Test
  void put_at_the_limit_is_taken_and_above_it_refused_without_a_trace() throws Exception {
    byte[] fits = new byte[1000];
    byte[] tooLarge = new byte[1001];

    assertThat(blobs().put(new ByteArrayInputStream(fits), 1000)).isEqualTo(digestOf(fits));
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> blobs().put(new ByteArrayInputStream(tooLarge), 1000))
        .extracting(InvalidInputException::reason)
        .isEqualTo(ReasonCode.TOO_LARGE);
    assertThat(blobs().size(digestOf(tooLarge))).isEmpty();
  }

  @Test
  void put_of_a_stream_that_never_ends_is_refused() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };

    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> blobs().put(endless, 100_000))
        .extracting(InvalidInputException::reason)
        .isEqualTo(ReasonCode.TOO_LARGE);
  }

  @Test
  void put_of_a_stream_that_breaks_leaves_nothing() throws Exception {
    byte[] begun = "half a piece".getBytes(UTF_8);
    InputStream broken =
        new InputStream() {
          private int at;

          @Override
          public int read() throws IOException {
            if (at == begun.length) {
              throw new IOException("cable pulled");
            }
            return begun[at++];
          }
        };

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> blobs().put(broken, ROOM));

    assertThat(blobs().size(digestOf(begun))).isEmpty();
    assertThat(blobs().open(digestOf(begun))).isEmpty();
  }

  @Test
  void open_reads_from_any_place() throws Exception {
    byte[] bytes = "0123456789".getBytes(UTF_8);
    Digest digest = blobs().put(new ByteArrayInputStream(bytes), ROOM);

    try (SeekableByteChannel channel = blobs().open(digest).orElseThrow()) {
      assertThat(channel.size()).isEqualTo(10);
      channel.position(7);
      ByteBuffer part = ByteBuffer.allocate(2);
      while (part.hasRemaining() && channel.read(part) >= 0) {
        // a channel may give less than was asked for
      }
      assertThat(new String(part.array(), UTF_8)).isEqualTo("78");
    }
  }

  @Test
  void unknown_digest_is_empty() throws Exception {
    Digest unknown = digestOf("never put".getBytes(UTF_8));

    assertThat(blobs().size(unknown)).isEmpty();
    assertThat(blobs().open(unknown)).isEmpty();
  }

  @Test
  void put_of_the_same_by_many_at_once_is_one_whole_blob() throws Exception {
    byte[] bytes = new byte[200_000];
    new Random(11).nextBytes(bytes);
    ExecutorService many = Executors.newFixedThreadPool(4);
    try {
      List<Future<Digest>> puts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        puts.add(many.submit(() -> blobs().put(new ByteArrayInputStream(bytes), ROOM)));
      }
      for (Future<Digest> put : puts) {
        assertThat(put.get(30, TimeUnit.SECONDS)).isEqualTo(digestOf(bytes));
      }
    } finally {
      many.shutdownNow();
    }
    assertThat(read(digestOf(bytes))).isEqualTo(bytes);
  }

  private byte[] read(Digest digest) throws IOException {
    try (SeekableByteChannel channel = blobs().open(digest).orElseThrow()) {
      ByteBuffer all = ByteBuffer.allocate((int) channel.size());
      while (all.hasRemaining() && channel.read(all) >= 0) {
        // a channel may give less than was asked for
      }
      return all.array();
    }
  }

  private static Digest digestOf(byte[] bytes) throws NoSuchAlgorithmException {
    return new Digest(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
  }
}
