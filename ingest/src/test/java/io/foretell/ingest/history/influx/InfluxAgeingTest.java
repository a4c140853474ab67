package io.foretell.ingest.history.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.foretell.ingest.history.AgeingContract;
import io.foretell.ingest.history.Bucket;
import io.foretell.ingest.history.KeptHistory;
import io.foretell.proto.History.Sample;
import io.foretell.proto.HistoryServer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real InfluxDB 1.6. */
final class InfluxAgeingTest extends AgeingContract {
  @TempDir static Path folder;
  private static HistoryServer influxd;
  private static int databases;

  private InfluxHistory history;
  private String database;

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
    database = "db" + databases++;
    history = new InfluxHistory(InfluxSettings.open(influxd.url(), database), RULES);
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

  @Test
  void deletion_that_was_cut_off_is_done_again_and_counts_nothing_twice() throws Exception {
    write("speed", DAY_ONE, 120, 1_000);
    age(DAY_ONE + 40 * DAY);
    // As it is between the mark "folded" and the deletion of what was folded.
    write("speed", DAY_ONE, 120, 1_000);
    influxd.lines(
        database, "telemetry_aged,device=pump-1,signal=speed,step=60000,tenant=acme deleted=0 0");

    age(DAY_ONE + 40 * DAY);

    assertThat(history.buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10))
        .extracting(Bucket::count)
        .containsExactly(60L, 60L);
    assertThat(history.read(PUMP, "speed", 0, Long.MAX_VALUE, 10))
        .containsExactly(
            new Sample("speed", DAY_ONE, 29.5), new Sample("speed", DAY_ONE + MINUTE, 89.5));
  }

  @Test
  void step_that_was_cut_off_is_seen_once_as_samples_or_as_buckets() throws Exception {
    write("speed", DAY_ONE, 120, 1_000);
    // As it is between the buckets and the mark "folded".
    influxd.lines(
        database,
        "telemetry_60000ms,device=pump-1,signal=speed,tenant=acme count=60,min=0,sum=1,max=59,last=59 "
            + DAY_ONE);
    assertThat(history.samples(PUMP, "speed", 0, 200)).hasSize(120);
    assertThat(buckets()).isEmpty();

    age(DAY_ONE + 40 * DAY);
    // As it is between the mark "folded" and the deletion of what was folded.
    write("speed", DAY_ONE, 120, 1_000);
    write("speed", DAY_ONE + 39 * DAY, 5, 1_000);
    influxd.lines(
        database, "telemetry_aged,device=pump-1,signal=speed,step=60000,tenant=acme deleted=0 0");
    assertThat(history.samples(PUMP, "speed", 0, 200)).hasSize(5);
    assertThat(buckets()).extracting(Bucket::count).containsExactly(60L, 60L);
  }

  @Test
  void server_that_is_away_fails_a_step_and_the_next_goes_on() throws Exception {
    write("speed", DAY_ONE, 120, 1_000);
    influxd.kill();
    assertThatThrownBy(() -> age(DAY_ONE + 40 * DAY)).isInstanceOf(UncheckedIOException.class);

    influxd.restart();
    age(DAY_ONE + 40 * DAY);

    assertThat(history.buckets(PUMP, "speed", 0, Long.MAX_VALUE, 10)).hasSize(2);
  }
}
