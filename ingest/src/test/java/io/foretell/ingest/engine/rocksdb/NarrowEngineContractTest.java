package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Engine;
import io.foretell.proto.EngineContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

/** The contract where everything is small: one partition, batches of three, no cache, no pause. */
class NarrowEngineContractTest extends EngineContract {
  @TempDir Path dir;

  @Override
  protected Engine engine(InstantSource clock) {
    return new RocksEngine(
        dir,
        RocksEngineOptions.defaults()
            .withPartitions(1)
            .withPace(Duration.ZERO, 3)
            .withBounds(100_000, 0)
            .withRetries(Duration.ofMillis(5), Duration.ofMillis(50)),
        clock);
  }

  @Override
  protected void clockMoved(Engine engine) {
    ((RocksEngine) engine).advance();
  }
}
