package io.foretell.ingest.engine.rocksdb;

import io.foretell.proto.Engine;
import io.foretell.proto.LaneContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class RocksLaneTest extends LaneContract {
  @TempDir Path dir;

  @Override
  protected Engine engine(InstantSource clock) {
    return new RocksEngine(dir, RocksEngineOptions.defaults(), clock);
  }
}
