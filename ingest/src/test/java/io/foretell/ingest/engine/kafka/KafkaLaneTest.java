package io.foretell.ingest.engine.kafka;

import io.foretell.proto.Engine;
import io.foretell.proto.LaneContract;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;

class KafkaLaneTest extends LaneContract {
  @TempDir Path folder;

  private final String prefix = Brokers.newPrefix();
  private final MemoryKeys keys = new MemoryKeys();

  @Override
  protected Engine engine(InstantSource clock) {
    return new KafkaEngine(Brokers.options(prefix, folder), clock, keys);
  }
}
