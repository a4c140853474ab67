package io.foretell.ingest.history.rocksdb;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.History;
import io.foretell.proto.History.Sample;
import io.foretell.proto.HistoryContract;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksHistoryTest extends HistoryContract {
  private static final DeviceId TRUCK = new DeviceId("acme", "truck-1");

  @TempDir Path folder;
  private RocksHistory history;

  @BeforeEach
  void open() {
    history = new RocksHistory(folder.resolve("history"));
    history.start();
  }

  @AfterEach
  void close() {
    history.close();
  }

  @Override
  protected History history() {
    return history;
  }

  @Override
  protected Sink<Telemetry> sink() {
    return history;
  }

  @Test
  void sample_is_never_out_of_sight_while_it_moves_to_a_chunk() throws Exception {
    int samples = 3_000;
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < samples; i++) {
                history.write(List.of(sample(i))).toCompletableFuture().join();
              }
            });
    int before = 0;
    while (!writing.isDone()) {
      List<Sample> all = history.read(TRUCK, "x", 0, Long.MAX_VALUE, Integer.MAX_VALUE);
      assertThat(all).hasSizeGreaterThanOrEqualTo(before);
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).value()).isEqualTo(i);
      }
      before = all.size();
    }
    writing.get(60, SECONDS);
    assertThat(history.read(TRUCK, "x", 0, Long.MAX_VALUE, Integer.MAX_VALUE)).hasSize(samples);
  }

  @Test
  void batches_of_several_threads_are_all_there() throws Exception {
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int w = 0; w < 4; w++) {
      DeviceId device = new DeviceId("acme", "d" + w);
      writers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 500; i++) {
                  Entry<Telemetry> entry =
                      Batches.entry(device, "x", new long[] {T + i}, new double[] {i});
                  history.write(List.of(entry)).toCompletableFuture().join();
                }
              }));
    }
    CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get(60, SECONDS);

    for (int w = 0; w < 4; w++) {
      assertThat(history.read(new DeviceId("acme", "d" + w), "x", 0, Long.MAX_VALUE, 1_000))
          .hasSize(500);
    }
  }

  @Test
  void batch_that_fails_leaves_the_history_as_it_was() throws Exception {
    history.write(List.of(sample(0))).toCompletableFuture().get(30, SECONDS);
    Entry<Telemetry> broken =
        Batches.entry(TRUCK, "x", new long[] {T + 1, T + 2}, new double[] {1});

    assertThatThrownBy(
            () -> history.write(List.of(sample(3), broken)).toCompletableFuture().get(30, SECONDS))
        .isInstanceOf(ExecutionException.class);
    assertThat(history.health().ready()).isFalse();

    history.write(List.of(sample(4))).toCompletableFuture().get(30, SECONDS);
    assertThat(history.health().ready()).isTrue();
    assertThat(history.read(TRUCK, "x", 0, Long.MAX_VALUE, 10))
        .extracting(Sample::value)
        .containsExactly(0.0, 4.0);
  }

  @Test
  void history_that_is_closed_refuses_and_says_so() {
    history.close();

    assertThat(history.health().ready()).isFalse();
    assertThat(history.write(List.of(sample(0)))).isCompletedExceptionally();
    assertThatThrownBy(() -> history.signals(TRUCK)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void folder_that_is_in_use_is_refused_with_its_name() {
    RocksHistory second = new RocksHistory(folder.resolve("history"));

    assertThatThrownBy(second::start)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(folder.toString());
    assertThat(second.health().ready()).isFalse();
    second.close();
  }

  private static Entry<Telemetry> sample(int i) {
    return Batches.entry(TRUCK, "x", new long[] {T + i * 1_000L}, new double[] {i});
  }
}
