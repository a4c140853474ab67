package io.foretell.ingest.history.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.History;
import io.foretell.proto.HistoryContract;
import io.foretell.proto.HistoryServer;
import io.foretell.proto.Position;
import io.foretell.proto.Sink;
import io.foretell.proto.Telemetry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real InfluxDB 1.6, which has the v1 protocol alone. */
final class InfluxHistoryTest extends HistoryContract {
  private static final DeviceId TRUCK = new DeviceId("acme", "truck-1");

  @TempDir static Path folder;
  private static HistoryServer influxd;
  private static int databases;

  private InfluxHistory history;

  @BeforeAll
  static void startServer() throws Exception {
    influxd = HistoryServer.influx(folder);
  }

  @AfterAll
  static void stopServer() {
    influxd.close();
  }

  @BeforeEach
  void open() {
    history = new InfluxHistory(InfluxSettings.open(influxd.url(), "db " + databases++));
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
  void names_that_mean_something_in_line_protocol_come_back_as_they_are() throws Exception {
    List<String> odd = List.of("a b", "a,b=c", "a\\b", "it's", "ü", "Axle[1]/x");
    for (String signal : odd) {
      write(signal, 1);
    }

    assertThat(history.signals(TRUCK)).containsExactlyInAnyOrderElementsOf(odd);
    for (String signal : odd) {
      assertThat(history.read(TRUCK, signal, 0, Long.MAX_VALUE, 10))
          .containsExactly(new History.Sample(signal, T, 1));
    }
  }

  @Test
  void question_can_not_be_changed_by_a_name() throws Exception {
    write("x", 1);

    assertThat(history.read(TRUCK, "y' OR \"signal\" = 'x", 0, Long.MAX_VALUE, 10)).isEmpty();
  }

  @Test
  void batch_fails_while_the_server_is_away_and_succeeds_when_it_is_back() throws Exception {
    write("x", 1);
    influxd.kill();

    assertThatThrownBy(() -> write("x", 2)).isInstanceOf(ExecutionException.class);
    assertThat(history.health().ready()).isFalse();

    influxd.restart();
    write("x", 2);
    assertThat(history.health().ready()).isTrue();
    assertThat(history.latest(TRUCK)).containsExactly(new History.Sample("x", T, 2));
  }

  @Test
  void server_that_asks_for_credentials_gets_them_and_wrong_ones_fail(@TempDir Path other)
      throws Exception {
    try (HistoryServer guarded = HistoryServer.influx(other, true)) {
      guarded.statement("CREATE USER root WITH PASSWORD 'a: secret' WITH ALL PRIVILEGES");
      history.close();
      history = new InfluxHistory(new InfluxSettings(guarded.url(), "db", "", "root", "a: secret"));
      history.start();
      write("x", 1);
      assertThat(history.latest(TRUCK)).containsExactly(new History.Sample("x", T, 1));

      history.close();
      history = new InfluxHistory(new InfluxSettings(guarded.url(), "db", "", "root", "wrong"));
      history.start();
      assertThatThrownBy(() -> write("x", 2)).isInstanceOf(ExecutionException.class);
      assertThatThrownBy(() -> history.latest(TRUCK)).isInstanceOf(UncheckedIOException.class);
    }
  }

  private void write(String signal, double value) throws Exception {
    Telemetry signals =
        new Telemetry.Signals(
            T, List.of(signal), List.of(new long[] {T}), List.of(new double[] {value}));
    history
        .write(List.of(new Entry<>(new Position("uplink", 0, 0), 0, TRUCK, T, signals)))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }
}
