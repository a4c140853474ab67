package io.foretell.ingest.engine.rocksdb;

import static io.foretell.ingest.engine.EchoStage.CALLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.foretell.proto.Await;
import io.foretell.proto.DeviceId;
import io.foretell.proto.Entry;
import io.foretell.proto.HandClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lanes that are read beside the engine that writes to them. */
final class KeptLanesTest {
  private static final DeviceId TRUCK = DeviceId.parse("truck");

  @TempDir Path dir;

  @Test
  void lanes_of_a_running_engine_are_those_of_one_moment_and_stay_untouched() throws IOException {
    RocksEngine engine = new RocksEngine(dir, RocksEngineOptions.defaults(), new HandClock(0));
    engine.lane(CALLS);
    engine.start();
    int partition = append(engine, "first");

    try (KeptLanes kept = KeptLanes.open(dir)) {
      Set<String> files = files();
      append(engine, "second");

      assertThat(kept.lane(CALLS).read(partition, 0, 10))
          .extracting(Entry::value)
          .containsExactly("first");
      assertThat(kept.lane(CALLS).append(TRUCK, 0, "third").toCompletableFuture())
          .isCompletedExceptionally();
      assertThat(files()).isEqualTo(files);
    }
    append(engine, "fourth");
    engine.close();
    try (KeptLanes kept = KeptLanes.open(dir)) {
      assertThat(kept.lane(CALLS).end(partition)).isEqualTo(3);
    }
  }

  @Test
  void folder_without_lanes_is_refused_and_stays_empty() {
    assertThatExceptionOfType(StoreRefusedException.class)
        .isThrownBy(() -> KeptLanes.open(dir.resolve("none")))
        .withMessageContaining("no lanes");
    assertThat(dir.resolve("none")).doesNotExist();
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private static int append(RocksEngine engine, String call) {
    return Await.done(engine.lane(CALLS).append(TRUCK, 0, call)).partition();
  }
}
