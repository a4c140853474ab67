package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Engine;
import io.foretell.proto.EngineContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class RocksEngineContractTest extends EngineContract {
  @TempDir Path dir;

  @Override
  protected Engine engine(InstantSource clock) {
    return new RocksEngine(
        dir,
        RocksEngineOptions.defaults().withRetries(Duration.ofMillis(5), Duration.ofMillis(50)),
        clock);
  }

  @Override
  protected void clockMoved(Engine engine) {
    ((RocksEngine) engine).advance();
  }
}
