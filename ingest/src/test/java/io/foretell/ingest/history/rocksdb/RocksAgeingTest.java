package io.foretell.ingest.history.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.foretell.ingest.history.AgeingContract;
import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.proto.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksAgeingTest extends AgeingContract {
  @TempDir Path folder;
  private RocksHistory history;
  private int copies;

  @BeforeEach
  void open() {
    open(folder.resolve("history"));
  }

  private void open(Path at) {
    history = new RocksHistory(at, RULES);
    history.start();
  }

  @AfterEach
  void close() {
    history.close();
  }

  @Override
  protected KeptHistory ageing() {
    return history;
  }

  /** Goes on with what a server that ends now would leave: with a journal, and nothing flushed. */
  private void crash() {
    Path copy = folder.resolve("copy" + copies++);
    history.snapshot(copy);
    history.close();
    open(copy);
  }

  private long counted() {
    return history.buckets(PUMP, "speed", 0, Long.MAX_VALUE, Integer.MAX_VALUE).stream()
        .mapToLong(Bucket::count)
        .sum();
  }

  @Test
  void journal_that_is_read_anew_folds_nothing_twice() throws Exception {
    write("speed", DAY_ONE, 100, 1_000);
    age(DAY_ONE + 40 * DAY);
    write("speed", DAY_ONE + 500, 7, 1_000);
    crash();

    assertThat(counted()).isEqualTo(100);
    age(DAY_ONE + 40 * DAY);
    assertThat(counted()).isEqualTo(107);
    crash();
    age(DAY_ONE + 41 * DAY);
    assertThat(counted()).isEqualTo(107);
  }

  @Test
  void series_that_went_comes_back_as_a_new_one() throws Exception {
    write("speed", DAY_ONE, 100, 1_000);
    age(DAY_ONE + 400 * DAY);
    assertThat(history.signals(PUMP)).isEmpty();
    crash();
    assertThat(history.signals(PUMP)).isEmpty();

    write("other", DAY_ONE + 400 * DAY, 5, 1_000);
    write("speed", DAY_ONE + 400 * DAY, 5, 1_000);
    crash();

    assertThat(history.signals(PUMP)).containsExactly("other", "speed");
    assertThat(history.read(PUMP, "speed", 0, Long.MAX_VALUE, 100)).hasSize(5);
  }

  @Test
  void every_sample_is_in_one_place_whatever_comes_in_whatever_order() throws Exception {
    Random random = new Random(4);
    long now = DAY_ONE + 10 * DAY;
    long written = 0;
    for (int i = 0; i < 300; i++) {
      int n = 1 + random.nextInt(200);
      // A moment is never given twice: the second would only replace the first.
      long from = DAY_ONE + random.nextInt(60) * DAY + i * 250_000L;
      write("speed", from, n, 1_000);
      written += n;
      now += random.nextInt(6) * 3_600_000L;
      if (random.nextInt(4) == 0) {
        history.age(now);
      }
      if (random.nextInt(60) == 0) {
        crash();
      }
    }
    age(now);
    long cutoff = RULES.of("speed").cutoff(0, now);
    int raw = history.read(PUMP, "speed", cutoff, Long.MAX_VALUE, Integer.MAX_VALUE).size();

    assertThat(counted()).isPositive();
    assertThat(counted() + raw).isEqualTo(written);
  }

  @Test
  void reader_sees_every_sample_once_while_they_age() throws Exception {
    write("speed", DAY_ONE, 20_000, 1_000);
    CompletableFuture<Void> ageing = CompletableFuture.runAsync(() -> age(DAY_ONE + 40 * DAY));
    while (!ageing.isDone()) {
      var read = history.read(PUMP, "speed", 0, Long.MAX_VALUE, Integer.MAX_VALUE);
      assertThat(read).isNotEmpty();
      for (int i = 1; i < read.size(); i++) {
        assertThat(read.get(i).value()).isGreaterThan(read.get(i - 1).value());
      }
    }
    ageing.get(60, TimeUnit.SECONDS);
    assertThat(counted()).isEqualTo(20_000);
  }

  @Test
  void room_of_what_went_is_given_back() throws Exception {
    Random random = new Random(1);
    for (int b = 0; b < 100; b++) {
      long[] times = new long[5_000];
      double[] values = new double[5_000];
      for (int i = 0; i < times.length; i++) {
        times[i] = DAY_ONE + (b * 5_000L + i) * 100;
        values[i] = random.nextDouble();
      }
      var entry = Batches.entry(PUMP, "accel.x", times, values);
      history.write(java.util.List.of(entry)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    write("kept", DAY_ONE, 100, 1_000);
    crash();
    long before = size(folder.resolve("copy0"));

    age(DAY_ONE + 10 * DAY);

    assertThat(before).isGreaterThan(3_000_000);
    Await.until("files are deleted", () -> sizeNow(folder.resolve("copy0")) < before / 4);
    assertThat(history.read(PUMP, "kept", 0, Long.MAX_VALUE, 1_000)).hasSize(100);
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(RocksAgeingTest::sizeOf).sum();
    }
  }

  private static long sizeNow(Path folder) {
    try {
      return size(folder);
    } catch (IOException | UncheckedIOException meanwhileDeleted) {
      return Long.MAX_VALUE;
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (java.nio.file.NoSuchFileException deleted) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
