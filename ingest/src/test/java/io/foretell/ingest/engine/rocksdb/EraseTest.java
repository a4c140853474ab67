package io.foretell.ingest.engine.rocksdb;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static io.foretell.ingest.engine.EchoStage.ECHOES;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.ingest.engine.AlarmStage;
import io.foretell.ingest.engine.EchoStage;
import io.foretell.ingest.engine.ErasableLanesContract;
import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.LaneUnavailableException;
import io.foretell.proto.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the store that takes entries out, and what is of its files and offsets alone. */
final class EraseTest extends ErasableLanesContract<RocksEngine> {
  private static final long DAY = 86_400_000;

  @TempDir Path dir;

  @Override
  protected RocksEngine engine(InstantSource clock) {
    return new RocksEngine(dir, options(), clock);
  }

  private static RocksEngineOptions options() {
    // One partition, so that the devices are neighbours.
    return RocksEngineOptions.defaults().withPartitions(1);
  }

  @Override
  protected void clockMoved(RocksEngine engine) {
    engine.advance();
  }

  @Override
  protected String stored() throws IOException {
    StringBuilder bytes = new StringBuilder();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes.append(new String(Files.readAllBytes(file), ISO_8859_1)).append('\n');
      }
    }
    return bytes.toString();
  }

  @Test
  void name_of_the_device_leaves_the_files_and_its_places_stay_taken() throws IOException {
    RocksEngine engine = started();
    fill(engine, 50);
    Position last = append(engine, GONE, "a");
    settled(engine);
    engine.erase(GONE, PATIENCE);
    assertThat(engine.lane(CALLS).end(last.partition())).isEqualTo(last.offset() + 1);
    engine.close();
    RocksEngine again = started();

    // Where a table begins, the list of tables names a key until the store is opened anew.
    assertThat(stored()).doesNotContain("gone-for-good").contains("marker-of-kept");
    assertThat(again.lane(CALLS).end(last.partition())).isEqualTo(last.offset() + 1);
    assertThat(append(again, GONE, "b").offset()).isEqualTo(last.offset() + 1);
  }

  @Test
  void entries_that_a_sink_has_still_to_read_are_not_erased() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    RocksEngine engine = open();
    engine.attach("slow", CALLS, batch -> answer);
    engine.start();
    Position at = append(engine, GONE, "a");

    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.erase(GONE, Duration.ofMillis(300)));
    assertThat(engine.lane(CALLS).read(at.partition(), 0, 10)).hasSize(1);

    answer.complete(null);
    Await.until("it has it", () -> engine.lag("slow") == 0);
    assertThat(engine.erase(GONE, PATIENCE)).containsEntry("calls", 1L);
  }

  @Test
  void retention_is_not_misled_by_gaps() {
    RocksEngineOptions options = options().withRetention("calls", Duration.ofDays(7));
    try (RocksEngine engine = new RocksEngine(dir, options, clock())) {
      engine.host("echo", CALLS, new EchoStage());
      engine.start();
      for (int day = 0; day < 20; day++) {
        DeviceId device = day % 2 == 0 && day > 4 ? GONE : KEPT;
        Await.done(engine.lane(CALLS).append(device, day * DAY, "day " + day));
      }
      Await.until("all is read", () -> engine.lag("echo") == 0);
      engine.erase(GONE, PATIENCE);
      clock().to(20 * DAY);

      engine.trim();

      Await.until("it is dropped", () -> engine.lane(CALLS).begin(0) > 0);
      assertThat(all(engine, CALLS))
          .extracting(Entry::value)
          .containsExactly("day 13", "day 15", "day 17", "day 19");
    }
  }

  @Test
  void timers_that_were_used_up_leave_no_byte() throws IOException {
    for (int i = 1; i < 4; i++) {
      RocksEngine engine = alarming();
      append(engine, GONE, "in " + i * 1_000);
      Await.until("it is folded", () -> engine.lag("alarm") == 0);
      clock().to(i * 10_000);
      engine.advance();
      int rung = i;
      Await.until("it rings", () -> all(engine, ECHOES).size() == rung);
      engine.close();
    }
    assertThat(stored()).contains("gone-for-good");
    RocksEngine engine = alarming();
    assertThatExceptionOfType(LaneUnavailableException.class)
        .isThrownBy(() -> engine.erase(GONE, PATIENCE))
        .withMessageContaining("lane/echoes/0");
    engine.lane(ECHOES);
    engine.erase(GONE, PATIENCE);
    engine.close();
    alarming();

    assertThat(stored()).doesNotContain("gone-for-good");
  }

  private RocksEngine alarming() {
    RocksEngine engine = open();
    engine.host("alarm", CALLS, new AlarmStage());
    engine.start();
    return engine;
  }
}
